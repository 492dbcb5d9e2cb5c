//! `pkiplan lock merge`: git's merge driver for locks.

use std::path::Path;
use std::process::{Command, ExitCode};

use super::arguments::{Lock as Arguments, Merge};
use super::decision::{parse, read_lock};
use super::lock;
use super::output::Output;
use super::site::Beside;
use crate::diagnostics::Diagnostics;
use crate::lock::{Conflict, Lock, Merged, is_lock, merge};
use crate::read::Disk;
use crate::source::Sources;
use crate::write::replace_lock;

/// How many entries a message lists.
const LISTED: usize = 5;

pub(super) fn run(arguments: &Merge, output: &Output) -> ExitCode {
    merged(arguments, output).unwrap_or_else(|message| {
        output.fail(&message);
        ExitCode::FAILURE
    })
}

fn merged(arguments: &Merge, output: &Output) -> Result<ExitCode, String> {
    let texts = read_all(arguments)?;
    if arguments.plan.is_none() && are_foreign(&texts) {
        return by_lines(arguments);
    }
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    match bring_together(arguments, &texts, &mut sources, &mut diagnostics)? {
        Some(merged) => tell(&merged, output),
        None => return Ok(output.failed(&diagnostics, &sources)),
    }
    Ok(match &arguments.plan {
        None => ExitCode::SUCCESS,
        Some(plan) => {
            let (plan, at) = (Some(plan.clone()), arguments.at.clone());
            lock::run(&Arguments { plan, at, ..Arguments::default() }, output)
        }
    })
}

/// Merges and writes; nothing where one of the three is not a lock.
fn bring_together(
    arguments: &Merge,
    texts: &[String; 3],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Merged>, String> {
    if let Some(plan) = &arguments.plan {
        let lock = Beside::new(plan, None).lock;
        if lock != arguments.ours {
            return Err(format!(
                "with `--plan` the second lock has to be {}, which stands beside the plan",
                lock.display()
            ));
        }
    }
    let mut read = |path: &Path, text: &str| read(path, text, sources, diagnostics);
    let (base, ours, theirs) = (
        read(&arguments.base, &texts[0]),
        read(&arguments.ours, &texts[1]),
        read(&arguments.theirs, &texts[2]),
    );
    let (Some(base), Some(ours), Some(theirs)) = (base, ours, theirs) else { return Ok(None) };
    let merged = merge(&base, &ours, &theirs).map_err(|conflict| told(&conflict))?;
    replace_lock(&arguments.ours, merged.lock.to_text().as_bytes()).map_err(|error| error.to_string())?;
    Ok(Some(merged))
}

/// What is in the three files.
fn read_all(arguments: &Merge) -> Result<[String; 3], String> {
    let read = |path: &Path| read_lock(&Disk, path)?.ok_or_else(|| format!("there is no {}", path.display()));
    Ok([read(&arguments.base)?, read(&arguments.ours)?, read(&arguments.theirs)?])
}

/// A lock; empty where the file is, which is how git says that there was none.
fn read(path: &Path, text: &str, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Lock> {
    if text.is_empty() {
        return Some(Lock::default());
    }
    let source = sources.add(path.display().to_string(), text);
    parse(text, source, diagnostics)
}

/// Whether none of the texts is a lock of ours: other programs have a `*.lock`, too.
fn are_foreign(texts: &[String; 3]) -> bool {
    texts.iter().any(|text| !text.is_empty()) && !texts.iter().any(|text| is_lock(text))
}

/// Merges by lines, as git does without a driver; conflicts are marked in ours.
fn by_lines(arguments: &Merge) -> Result<ExitCode, String> {
    let mut git = Command::new("git");
    git.args(["merge-file", "-L", "ours", "-L", "base", "-L", "theirs", "--"]);
    git.args([&arguments.ours, &arguments.base, &arguments.theirs]);
    let status = git.status().map_err(|error| format!("cannot run git: {error}"))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}

fn told(conflict: &Conflict) -> String {
    let (what, help) = match conflict {
        Conflict::OtherLock => (
            "the two locks have different ids: they were begun apart, and certificates of one are unknown to the other"
                .to_owned(),
            "take one side whole (`git checkout --ours` or `--theirs`) and run `pkiplan lock PLAN`",
        ),
        Conflict::Secret(name) => (
            format!("the secret `{name}` is not the same on both sides: the keys of one side derive from another one"),
            "take the side whole whose secret you have (`git checkout --ours` or `--theirs`) and run `pkiplan lock PLAN`",
        ),
    };
    format!("{what}; {help}")
}

fn tell(merged: &Merged, output: &Output) {
    let contested: Vec<&str> = merged.contested.iter().map(|id| &**id).collect();
    if output.json {
        output.json(&serde_json::json!({ "contested": contested }));
        return;
    }
    let text = match contested.len() {
        0 => String::new(),
        count => {
            let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
            let listed = contested[..count.min(LISTED)].join(", ");
            format!(
                ": `pkiplan lock PLAN` decides anew where it must what both sides changed, {listed}{more}"
            )
        }
    };
    output.tell(&format!("the locks are merged{text}\n"));
}
