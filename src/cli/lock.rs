//! `pkiplan lock`: updates the lock without any secret.

use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::assemble::{self, Assemble};
use super::clock::{self, A_DAY};
use super::merge::{self, Merge};
use super::next;
use super::output::Output;
use super::plan_argument::{PlanArgument, settle_named};
use crate::decide::{Generation, Request};
use crate::diagnostics::{Diagnostics, to_json};
use crate::read::{Bounds, Disk};
use crate::report::{Changes, DecisionReport};
use crate::values::SecretName;
use crate::workspace::{Decided, Failure, Opened, PlanFiles, Which, review_recorded};

#[derive(Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Lock {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// Write nothing; report what would change, and exit with 1 if anything would.
    #[arg(long)]
    pub(super) check: bool,
    /// The directory of the trees, if not next to the plan. No build may run there at the same time.
    #[arg(long, alias = "out", value_name = "DIR")]
    pub(super) trees: Option<PathBuf>,
    /// The time of issue of new certificates (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Drop a key generation at once, see `build`.
    #[arg(long, value_name = "ID/GENERATION")]
    pub(super) drop_trust: Vec<Generation>,
    #[command(subcommand)]
    pub(super) what: Option<LockWhat>,
}

#[derive(Debug, Subcommand)]
pub(super) enum LockWhat {
    /// Merge two versions of a lock, as git's merge driver.
    ///
    /// A change on one side is taken. Where both sides changed an entry differently, one decision stays until
    /// `pkiplan lock` checks it against the merged plan. A key retired on either side stays retired. Lock files of
    /// other programs are merged line by line, as git does. `pkiplan git set-up` configures git.
    #[command(after_long_help = "\
Examples:
  pkiplan lock merge base.lock cluster.lock theirs.lock --plan cluster.toml")]
    Merge(Merge),
    /// Put the pieces of `build --shard` into the lock.
    ///
    /// Needs the piece of every part, all of them built from the same plan and lock; otherwise nothing is written. The
    /// lock and the certificates next to it are then the same as after a single build.
    #[command(after_long_help = "\
Examples:
  pkiplan lock assemble cluster.toml
  pkiplan lock assemble cluster.toml cluster.lock.1-of-2 cluster.lock.2-of-2")]
    Assemble(Assemble),
}

impl Lock {
    /// The plan, if there is one.
    pub(super) fn plan_path(&self) -> Option<&Path> {
        match &self.what {
            Some(LockWhat::Merge(merge)) => merge.plan.as_deref(),
            Some(LockWhat::Assemble(pieces)) => Some(pieces.plan.path()),
            None => Some(self.plan.path()),
        }
    }

    /// Finds the plan.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        match &mut self.what {
            Some(LockWhat::Merge(merge)) => settle_named(&mut merge.plan),
            Some(LockWhat::Assemble(pieces)) => pieces.plan.settle_before(&mut pieces.pieces),
            None => self.plan.settle(),
        }
    }
}

pub(super) fn run(arguments: &Lock, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(match &arguments.what {
        Some(LockWhat::Merge(merge)) => merged(merge, bounds, output),
        Some(LockWhat::Assemble(pieces)) => assemble::run(pieces, bounds, output),
        None => decided(arguments, arguments.plan.path(), bounds, output),
    })
}

/// Merges, and decides again where a plan is given.
fn merged(merge: &Merge, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let code = merge::run(merge, output)?;
    match &merge.plan {
        Some(plan) if code == ExitCode::SUCCESS => {
            decided(&Lock { at: merge.at.clone(), ..Lock::default() }, plan, bounds, output)
        }
        _ => Ok(code),
    }
}

fn decided(arguments: &Lock, plan: &Path, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let request = Request {
        drop_trust: arguments.drop_trust.iter().cloned().collect(),
        ..Request::new(clock::at(arguments.at.as_deref())?)
    };
    let disk = Disk::around(plan, bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(plan).with_trees(arguments.trees.as_deref()))?;
    let mut expanded = opened.expand()?;
    if arguments.check {
        let mut found = Diagnostics::default();
        review_recorded(&expanded, &mut found);
        expanded.diagnostics.append(found);
    }
    let decided = expanded.decide(request, &clock::new_lock_id()?)?;
    decided.needs_its_lock()?;
    if arguments.check {
        return Ok(check(&decided, output));
    }
    if arguments.at.is_none() {
        decided.goes_forward(A_DAY)?;
    }
    lock(&decided, output)
}

/// Tells what would change, and writes nothing.
fn check(decided: &Decided<'_>, output: &Output) -> ExitCode {
    let diagnostics = &decided.expanded.diagnostics;
    let settled = decided.draft.is_settled(decided.previous);
    let changes = Changes::of(decided.decisions());
    let lock = decided.files().lock.display().to_string();
    if output.json {
        let diagnostics = to_json(diagnostics, decided.sources());
        output
            .json(serde_json::json!({ "lock": lock, "changes": changes.json(), "diagnostics": diagnostics }));
    } else {
        output.diagnostics(diagnostics, decided.sources());
        let verdict = if settled { "is up to date" } else { "would change" };
        let lines: String = changes.to_come().iter().map(|line| format!("  {line}\n")).collect();
        output.say(&format!("{lock} {verdict}\n{lines}"));
        if !settled {
            output.next(&next::of_plan("lock", &decided.files().plan));
        }
    }
    ExitCode::from(u8::from(!settled))
}

/// Writes the decisions down.
fn lock(decided: &Decided<'_>, output: &Output) -> Result<ExitCode, Failure> {
    let diagnostics = &decided.expanded.diagnostics;
    let changed = decided.write_lock()?;
    let reported = DecisionReport::of(decided.decisions(), output.json);
    let lock = decided.files().lock.display().to_string();
    if output.json {
        output.json(serde_json::json!({
            "lock": lock,
            "lock_changed": changed,
            "certificates": reported.counted.json(),
            "changes": reported.json,
            "diagnostics": to_json(diagnostics, decided.sources()),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    output.diagnostics(diagnostics, decided.sources());
    let verdict = if changed { "written" } else { "unchanged" };
    output.say(&format!("certificates {}\nlock         {lock}, {verdict}\n", reported.words()));
    if changed {
        let files = decided.files();
        // A first lock needs a secret before a build can use it.
        let first = Which { name: SecretName::default(), epoch: None };
        let has_secret = !decided.draft.lock.secrets.is_empty() || files.secret_at(first).is_some();
        output.next(&next::of_plan(if has_secret { "build" } else { "secret new" }, &files.plan));
    }
    Ok(ExitCode::SUCCESS)
}
