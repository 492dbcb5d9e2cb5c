//! `pkiplan lock assemble`: combines the pieces of all shards into the lock.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::clock;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::build::{self, Common, Shard};
use crate::decide::Request;
use crate::lock::Piece;
use crate::read::{Anywhere, Bounds, Disk, World as _};
use crate::report::unsettled;
use crate::workspace::{Failure, Opened, PlanFiles};

#[derive(Debug, Args)]
pub(super) struct Assemble {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// The pieces. Default: all next to the lock (`cluster.lock.3-of-16`).
    #[arg(value_name = "PIECE")]
    pub(super) pieces: Vec<String>,
}

pub(super) fn run(arguments: &Assemble, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let files = PlanFiles::of(arguments.plan.path());
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let paths = match arguments.pieces.is_empty() {
        true => beside(&disk, &files.lock)?,
        false => arguments.pieces.iter().map(PathBuf::from).collect(),
    };
    let pieces = read(&paths)?;
    let opened = Opened::read(&disk, files)?;
    let decided = opened.expand()?.decide(Request::new(clock::at(None)?), &clock::new_lock_id()?)?;
    if !decided.draft.is_settled(decided.previous) {
        return Err(decided.expanded.refuse([unsettled(decided.decisions())]));
    }
    let lock = &decided.draft.lock;
    let common = Common::of(opened.texts(), lock);
    let assembled = build::assemble(decided.blueprint(), lock, common, &pieces);
    let assembled = assembled.map_err(|wrong| wrong.join("\n"))?;
    let authorities: Vec<(&str, &[u8])> =
        assembled.authorities.iter().map(|(name, pem)| (name.as_str(), pem.as_bytes())).collect();
    let session = decided.begin()?;
    session
        .commit_lock_with(&|each| assembled.lock.pieces(each), &authorities)
        .map_err(|error| error.to_string())?;
    if let Some(first) = assembled.unmade.first() {
        let others = match assembled.unmade.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        output.warn(&format!(
            "no piece has the fingerprint of `{first}`{others}: the run that builds it lacked a secret"
        ));
    }
    let (count, shown) = (pieces.len(), decided.files().lock.display().to_string());
    let changed = decided.previous != Some(&assembled.lock);
    if output.json {
        output.json(serde_json::json!({ "lock": shown, "pieces": count, "lock_changed": changed }));
    } else {
        let verdict = if changed { "written" } else { "unchanged" };
        output.say(&format!("pieces       {count}\nlock         {shown}, {verdict}\n"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The pieces beside a lock, sorted.
fn beside(disk: &Disk, lock: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = lock.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = lock.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names = disk.list(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let is_piece = |other: &String| {
        let behind = other.strip_prefix(&name).and_then(|behind| behind.strip_prefix('.'));
        behind.is_some_and(|behind| Shard::of_extension(behind).is_some())
    };
    let found: Vec<PathBuf> =
        names.iter().filter(|name| is_piece(name)).map(|name| lock.with_file_name(name)).collect();
    match found.is_empty() {
        true => Err(format!(
            "there is no piece next to {}: `pkiplan build --shard 1/2` writes one",
            lock.display()
        )),
        false => Ok(found),
    }
}

/// All pieces, with the names of their files.
fn read(paths: &[PathBuf]) -> Result<Vec<(String, Piece)>, Failure> {
    let (mut pieces, mut wrong) = (Vec::new(), Vec::new());
    for path in paths {
        let shown = path.display().to_string();
        match Anywhere.read(path) {
            Ok(text) => match Piece::parse(&text) {
                Some(piece) => pieces.push((shown, piece)),
                None => {
                    wrong.push(format!("{shown} is not a piece of a lock: delete it, or name the pieces"))
                }
            },
            Err(error) => wrong.push(format!("cannot read {shown}: {error}")),
        }
    }
    if wrong.is_empty() { Ok(pieces) } else { Err(wrong.join("\n").into()) }
}
