//! What checking, building and comparing costs: time, processor time and peak memory of the real program, beside the
//! number of certificates. `cargo bench` runs it; set `PKIPLAN_BENCH_DIR` to a memory file system to
//! measure the program rather than the disk.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to the terminal")]

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pkiplan");
/// Bases to compare with: one that is the same, and one from which every host changes.
const SAME: &str = "same.toml";
const OTHER: &str = "other.toml";
const PLANS: [&str; 2] = ["high-availability.toml", "ten-thousand.toml"];

struct Cost {
    wall: Duration,
    processor: Duration,
    peak: u64,
}

fn main() -> ExitCode {
    let root = std::env::var_os("PKIPLAN_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let folder = root.join(format!("pkiplan-bench-{}", std::process::id()));
    let done = run(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    println!(
        "{:<28}{:<26}{:>10}{:>12}{:>12}{:>14}",
        "plan", "command", "wall", "processor", "peak", "certificates"
    );
    for plan in PLANS {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(plan);
        std::fs::copy(from, folder.join(plan))?;
        for command in [&["check"][..], &["build"], &["build", "--locked"], &["diff", SAME], &["diff", OTHER]]
        {
            match command {
                ["diff", SAME] => keep(folder, plan, SAME)?,
                ["diff", OTHER] => change(folder, plan)?,
                _ => {}
            }
            let cost = measure(folder, command, plan)?;
            let lock = std::fs::read_to_string(folder.join(plan).with_extension("lock")).unwrap_or_default();
            let certificates = lock.matches("\n[certificate.").count();
            println!(
                "{plan:<28}{:<26}{:>8.0}ms{:>10.0}ms{:>9} MB{certificates:>14}",
                command.join(" "),
                cost.wall.as_secs_f64() * 1e3,
                cost.processor.as_secs_f64() * 1e3,
                cost.peak / 1024,
            );
        }
    }
    Ok(())
}

/// Keeps plan and lock under another name.
fn keep(folder: &Path, plan: &str, other: &str) -> std::io::Result<()> {
    let (from, to) = (folder.join(plan), folder.join(other));
    std::fs::copy(&from, &to)?;
    std::fs::copy(from.with_extension("lock"), to.with_extension("lock"))?;
    Ok(())
}

/// Gives the plan one node more, its VIP another address and every host another flag; what it was is kept.
fn change(folder: &Path, plan: &str) -> std::io::Result<()> {
    keep(folder, plan, OTHER)?;
    let path = folder.join(plan);
    let text = std::fs::read_to_string(&path)?.replace("10.111.0.111", "10.111.0.112");
    let more = "\n[node.extra]\naddresses = [\"10.111.0.201\"]\nroles = [\"worker\"]\n\n[component.kube-proxy]\nflags.set = { v = 3 }\n";
    std::fs::write(&path, text + more)
}

/// Runs the program and watches it in `/proc` until it ends.
fn measure(folder: &Path, command: &[&str], plan: &str) -> std::io::Result<Cost> {
    let start = Instant::now();
    let mut child = Command::new(PROGRAM)
        .current_dir(folder)
        .args(command.first())
        .arg(plan)
        .args(command.iter().skip(1))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let (mut processor, mut peak) = (Duration::ZERO, 0);
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        let high = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = peak.max(high.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0));
        // proc_pid_stat(5): fields 14 and 15 are user and system time in ticks of a hundredth of a second.
        let after = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
        let ticks: u64 =
            after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
        processor = processor.max(Duration::from_millis(ticks * 10));
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                return Err(std::io::Error::other(format!("pkiplan {} {plan} failed", command.join(" "))));
            }
            return Ok(Cost { wall: start.elapsed(), processor, peak });
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
