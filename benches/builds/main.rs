//! What the program costs, beside the least that the same work can cost.
//!
//! For plans of more and more nodes it prints processor time, wall time and peak memory of each command of the real
//! program, and in the same run a bare loop that derives, signs, encodes and writes as much with no plan at all.
//! Ratios count, not seconds. Then it prints the cost of one certificate beside other programs, where they are installed.
//!
//! ```sh
//! PKIPLAN_BENCH_DIR=/dev/shm cargo bench --bench builds                 # 10 to 10 000 nodes
//! PKIPLAN_BENCH_DIR=/dev/shm cargo bench --bench builds -- 1000 100000  # these numbers of nodes
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to the terminal")]

mod bare;
mod cost;
#[cfg(feature = "fast")]
mod handshakes;
mod peers;
mod plan;

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use cost::{Cost, measure};
use plan::Plan;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pkiplan");
/// When certificates are issued, so that all runs do the same.
const AT: &str = "2026-11-30T00:00:00Z";

fn main() -> ExitCode {
    // Cargo passes `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", trees, to] => bare::run(Path::new(trees), Path::new(to)),
        ["stat", trees] => bare::look(Path::new(trees)),
        #[cfg(feature = "fast")]
        ["handshakes", trees, count] => handshakes::run(Path::new(trees), count.parse().unwrap_or_default()),
        ref sizes => all(sizes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all(sizes: &[&str]) -> io::Result<()> {
    let sizes: Vec<usize> = sizes.iter().filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10, 100, 1_000, 10_000] } else { sizes };
    let root = std::env::var_os("PKIPLAN_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let folder = root.join(format!("pkiplan-bench-{}", std::process::id()));
    let done = sizes.iter().try_for_each(|nodes| table(&folder, *nodes)).and_then(|()| peers::run(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

/// One table: every command for a number of nodes.
fn table(folder: &Path, nodes: usize) -> io::Result<()> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let plan = Plan::of(folder, nodes);
    plan.write()?;
    let pkiplan = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.current_dir(folder).args(arguments).env("SOURCE_DATE_EPOCH", "1795996800");
        measure(&mut command)
    };
    println!("\n{nodes} nodes");
    println!("{:<34}{:>12}{:>12}{:>10}{:>12}", "command", "processor", "wall", "peak", "to the limit");
    let row = |name: &str, cost: &Cost, limit: Option<&Cost>| {
        let ratio = limit.map_or(String::new(), |limit| {
            format!("{:.2} {:.2}", cost.processor_over(limit), cost.wall_over(limit))
        });
        println!(
            "{name:<34}{:>10.0}ms{:>10.0}ms{:>7} MB{ratio:>14}",
            cost.processor.as_secs_f64() * 1e3,
            cost.wall.as_secs_f64() * 1e3,
            cost.peak >> 20,
        );
    };
    row("check", &pkiplan(&["check", plan.name()])?, None);
    plan.copy()?;
    row("lock", &pkiplan(&["lock", Plan::LOCKED, "--at", AT])?, None);
    let first = pkiplan(&["build", plan.name(), "--at", AT])?;
    let bare = own(&["bare".as_ref(), plan.trees().as_ref(), folder.join("bare").as_ref()])?;
    row("build, first", &first, Some(&bare));
    row("  a bare loop of the same", &bare, None);
    let _ = std::fs::remove_dir_all(folder.join("bare"));
    let again = pkiplan(&["build", plan.name(), "--at", AT])?;
    let look = own(&["stat".as_ref(), plan.trees().as_ref()])?;
    row("build, nothing changed", &again, Some(&look));
    row("  lstat of every file", &look, None);
    plan.keep()?;
    row("diff, the same", &pkiplan(&["diff", plan.name(), Plan::BEFORE, "--at", AT])?, None);
    plan.change_one()?;
    row("diff, one node", &pkiplan(&["diff", plan.name(), Plan::BEFORE, "--at", AT])?, None);
    row("build, one node changed", &pkiplan(&["build", plan.name(), "--at", AT])?, Some(&look));
    row("lock --check", &pkiplan(&["lock", plan.name(), "--check"])?, None);
    row("status", &pkiplan(&["status", plan.name()])?, None);
    let of_trees = ["verify", plan.name(), "--trees", &plan.trees(), "--at", AT];
    let proven = pkiplan(&of_trees)?;
    row("verify --trees", &proven, Some(&first));
    // A hundred thousand nodes make two million connections, which say nothing that ten thousand do not.
    if cfg!(feature = "fast") && nodes <= 10_000 {
        let whole = pkiplan(&[&of_trees[..], &["--exhaustive"]].concat())?;
        row("verify --trees --exhaustive", &whole, None);
        let count = made(folder, &of_trees)?;
        let bare = own(&["handshakes".as_ref(), plan.trees().as_ref(), count.as_str().as_ref()])?;
        row("  its handshakes alone", &whole.without(&proven), Some(&bare));
        row(&format!("  a bare loop of {count}"), &bare, None);
    }
    row("verify", &pkiplan(&["verify", plan.name(), "--at", AT])?, Some(&first));
    println!(
        "written: {} files, {} MB",
        first_files(Path::new(&plan.trees()))?.0,
        first_files(Path::new(&plan.trees()))?.1 >> 20
    );
    Ok(())
}

/// How many handshakes `--exhaustive` makes.
fn made(folder: &Path, of_trees: &[&str]) -> io::Result<String> {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(of_trees).args(["--exhaustive", "--format", "json"]);
    let output = command.env("SOURCE_DATE_EPOCH", "1795996800").output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number =
        text.split("\"made\":").nth(1).map(|rest| rest.trim_start().split(|c: char| !c.is_ascii_digit()));
    let number = number.and_then(|mut parts| parts.next()).filter(|number| !number.is_empty());
    number.map(str::to_owned).ok_or_else(|| io::Error::other("no number of handshakes"))
}

/// This program itself, as the limit.
fn own(arguments: &[&std::ffi::OsStr]) -> io::Result<Cost> {
    let output = Command::new(std::env::current_exe()?).args(arguments).output()?;
    Cost::parse(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// The number of files below a folder, and their bytes.
fn first_files(folder: &Path) -> io::Result<(usize, u64)> {
    let mut all = (0, 0);
    for entry in std::fs::read_dir(folder)? {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type()))?;
        let more = match kind?.is_dir() {
            true => first_files(&path)?,
            false => (1, std::fs::symlink_metadata(&path)?.len()),
        };
        all = (all.0 + more.0, all.1 + more.1);
    }
    Ok(all)
}
