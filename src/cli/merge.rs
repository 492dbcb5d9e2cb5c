//! `pkiplan lock merge`: git's merge driver for locks.

use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use crate::decide::review_succession;
use crate::diagnostics::Diagnostics;
use crate::git::merge_lines;
use crate::lock::{Conflict, Lock, Merged, is_lock, merge};
use crate::read::{Anywhere, World as _};
use crate::source::Sources;
use crate::workspace::{Failure, PlanFiles};
use crate::write::replace_public;

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The common ancestor (git's %O); an empty file if there is none.
    pub(super) base: PathBuf,
    /// Our lock (git's %A); it is replaced by the result.
    pub(super) ours: PathBuf,
    /// Their lock (git's %B).
    pub(super) theirs: PathBuf,
    /// Update the result from this plan at once. Not for git's driver: git merges the plan after the lock.
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// The time of issue of new certificates (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME", requires = "plan")]
    pub(super) at: Option<String>,
}

/// How many entries a message lists.
const LISTED: usize = 5;

pub(super) fn run(arguments: &Merge, output: &Output) -> Result<ExitCode, Failure> {
    let texts = read_all(arguments)?;
    if arguments.plan.is_none() && are_foreign(&texts) {
        let merged = merge_lines(&arguments.ours, &arguments.base, &arguments.theirs)?;
        return Ok(ExitCode::from(u8::from(!merged)));
    }
    say(&bring_together(arguments, &texts)?, output);
    Ok(ExitCode::SUCCESS)
}

/// Merges and writes.
fn bring_together(arguments: &Merge, texts: &[String; 3]) -> Result<Merged, Failure> {
    if let Some(plan) = &arguments.plan {
        let lock = PlanFiles::of(plan).lock;
        if lock != arguments.ours {
            return Err(Failure::Message(format!(
                "with `--plan`, the second lock must be {}, the one next to the plan",
                lock.display()
            )));
        }
    }
    let [base, ours, theirs] = parse_all(arguments, texts)?;
    let merged = merge(&base, &ours, &theirs).map_err(|conflict| reported(&conflict))?;
    let mut diagnostics = Diagnostics::default();
    for side in [&ours, &theirs] {
        let mut found = Diagnostics::default();
        review_succession(&base, side, &mut found);
        diagnostics.append_errors(&found);
    }
    if diagnostics.has_errors() {
        return Err(Failure::refused(diagnostics, &Sources::default()));
    }
    replace_public(&arguments.ours, merged.lock.to_text().as_bytes()).map_err(|error| error.to_string())?;
    Ok(merged)
}

/// What is in the three files.
fn read_all(arguments: &Merge) -> Result<[String; 3], String> {
    // Of another program's file no line is shown: it goes to git as it is.
    let read =
        |path: &Path| Anywhere.read(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
    Ok([read(&arguments.base)?, read(&arguments.ours)?, read(&arguments.theirs)?])
}

/// The three locks; an empty one where the file is, which is how git says that there was none.
fn parse_all(arguments: &Merge, texts: &[String; 3]) -> Result<[Lock; 3], Failure> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let mut parse = |path: &Path, text: &str| {
        if text.is_empty() {
            return Lock::default();
        }
        let source = sources.add(path.display().to_string(), text);
        Lock::parse(text, source).unwrap_or_else(|found| {
            diagnostics.append(found);
            Lock::default()
        })
    };
    let locks = [
        parse(&arguments.base, &texts[0]),
        parse(&arguments.ours, &texts[1]),
        parse(&arguments.theirs, &texts[2]),
    ];
    if diagnostics.has_errors() { Err(Failure::refused(diagnostics, &sources)) } else { Ok(locks) }
}

/// Whether none of the texts is a lock of ours: other programs have a `*.lock`, too.
fn are_foreign(texts: &[String; 3]) -> bool {
    texts.iter().any(|text| !text.is_empty()) && !texts.iter().any(|text| is_lock(text))
}

fn reported(conflict: &Conflict) -> String {
    let (what, help) = match conflict {
        Conflict::OtherLock => (
            "the two locks have different ids: they come from different first builds, and neither knows the certificates of the other"
                .to_owned(),
            "take one side completely (`git checkout --ours` or `--theirs`) and run `pkiplan lock`",
        ),
        Conflict::Secret(name) => (
            format!("the two sides use different secrets `{name}`, so their keys differ"),
            "take the side whose secret you have (`git checkout --ours` or `--theirs`) and run `pkiplan lock`",
        ),
    };
    format!("{what}; {help}")
}

fn say(merged: &Merged, output: &Output) {
    let contested: Vec<&str> = merged.contested.iter().map(|id| &**id).collect();
    if output.json {
        output.json(serde_json::json!({ "contested": contested }));
        return;
    }
    let text = match contested.len() {
        0 => String::new(),
        count => {
            let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
            let listed = contested[..count.min(LISTED)].join(", ");
            format!(": both sides changed {listed}{more}; `pkiplan lock` decides these again if necessary")
        }
    };
    output.say(&format!("merged the locks{text}\n"));
}
