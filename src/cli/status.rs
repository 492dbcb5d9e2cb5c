//! `pkiplan status`: lists what expires when, and what breaks then.

use std::process::ExitCode;

use clap::Args;

use super::clock;
use super::next;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::expiry::{State, entries};
use crate::read::{Bounds, Disk};
use crate::report::status::Answer;
use crate::values::Duration;
use crate::workspace::{Failure, Opened, PlanFiles};

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// Report what expires within this time as due.
    #[arg(long, value_name = "DURATION", default_value = next::WITHIN)]
    pub(super) within: Duration,
    /// List every certificate in its own row; in JSON, list every host's name.
    #[arg(long)]
    pub(super) all: bool,
    /// Print OpenMetrics: the state of each certificate and its expiry time in seconds.
    #[arg(long, conflicts_with = "format")]
    pub(super) openmetrics: bool,
    /// Count days from this time (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Status, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(status(arguments, bounds, output))
}

fn status(arguments: &Status, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let at = clock::at(arguments.at.as_deref())?;
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(arguments.plan.path()))?;
    let expanded = opened.expand()?.sound()?;
    let blueprint = &expanded.blueprint;
    let entries = entries(blueprint, opened.lock(), at, arguments.within);
    let Status { within, all, .. } = arguments;
    let plan = arguments.plan.path();
    let mut answer = Answer { plan, within: *within, all: *all, blueprint, at, entries };
    output.diagnostics(&expanded.diagnostics, opened.sources());
    if arguments.openmetrics {
        output.print(&answer.openmetrics());
    } else if output.json {
        output.json(answer.json());
    } else if output.quiet {
        // A scheduler mails what it prints: warnings of the plan, and what is due.
        answer.entries.retain(|entry| entry.state.needs_action());
        if !answer.entries.is_empty() {
            output.print(&answer.table());
        }
    } else {
        output.say(&answer.table());
        if let Some(next) = next::of_due(plan, next::renewal(plan, *within), blueprint, &answer.entries) {
            output.next(&next);
        }
    }
    Ok(ExitCode::from(if answer.entries.iter().any(|entry| entry.state.is_refused()) {
        3
    } else if answer.count(State::Due) > 0 {
        2
    } else {
        0
    }))
}
