//! `pkiplan git set-up`: adds the lines, drivers, hook and workflow that git needs for plans.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use crate::cli::next;
use crate::cli::output::Output;
use crate::git::{self, Index, Outcome, Repository, Step};
use crate::read::{Bounds, Disk};
use crate::workspace::Failure;

#[derive(Debug, Args)]
pub(super) struct SetUp {
    /// Also install a hook that runs `pkiplan git check` before each commit.
    #[arg(long)]
    hook: bool,
    /// Also write a GitHub Actions workflow: check and comment for each pull request, build in an environment that
    /// holds the secret.
    #[arg(long)]
    workflow: bool,
}

pub(super) fn run(
    arguments: &SetUp,
    repository: &Repository,
    bounds: &Bounds,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let steps = git::set_up(repository, git::SetUp { hook: arguments.hook, workflow: arguments.workflow })?;
    if output.json {
        let reported: Vec<_> = steps.iter().map(Step::json).collect();
        output.json(serde_json::json!({ "steps": reported }));
    } else {
        say(&steps, output);
    }
    let index = Index::read(repository, Disk::shared(Path::new("."), bounds)?)?;
    let private = git::review(repository, &index, |_| true)?.private;
    if !private.is_empty() {
        let lines: String = private.iter().map(|private| format!("\n  {}", private.line())).collect();
        output.warn(&format!("git already contains private files; treat them as leaked{lines}"));
    }
    let conflicts = steps.iter().any(|step| matches!(step.outcome, Outcome::Conflict(_)));
    Ok(ExitCode::from(u8::from(conflicts)))
}

fn say(steps: &[Step], output: &Output) {
    let width = steps.iter().map(|step| step.what.len()).max().unwrap_or_default();
    for step in steps {
        let reported = match &step.outcome {
            Outcome::Unchanged => "as it should be",
            Outcome::Done(done) => done,
            Outcome::Conflict(_) => "not as it should be",
        };
        output.say(&format!("{:<width$}  {reported}\n", step.what));
    }
    let commit: Vec<&str> =
        steps.iter().filter(|step| step.is_to_commit()).map(|step| step.what.as_str()).collect();
    if !commit.is_empty() {
        output.say(&format!("Commit to git: {}\n", commit.join(", ")));
    }
    for step in steps {
        if let Outcome::Conflict(what) = &step.outcome {
            output.fail(&format!("{}: {what}", step.what));
        }
    }
    if !commit.is_empty() {
        output.next(&next::add(commit));
    }
}
