//! `pkiplan report`: writes a plan as one HTML page.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::clock;
use super::diff::sides::NO_LOCK;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::decide::Request;
use crate::read::{Bounds, Disk};
use crate::report::BEGIN;
use crate::report::cluster::{Shown, page};
use crate::workspace::{Failure, Opened, PlanFiles};
use crate::write::write_page;

#[derive(Debug, Args)]
pub(super) struct Report {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// Write the page to this file instead of standard output. Replaces only an older page.
    #[arg(long, short, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// The time from which days are counted (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Report, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(report(arguments, bounds, output))
}

fn report(arguments: &Report, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    if output.json {
        return Err("`report` only prints a page; use `--format json` with `show` or `status`"
            .to_owned()
            .into());
    }
    let at = clock::at(arguments.at.as_deref())?;
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(arguments.plan.path()))?;
    let expanded = opened.expand()?;
    let decided = expanded.decide(Request::new(at), NO_LOCK)?;
    output.diagnostics(&decided.expanded.diagnostics, decided.sources());
    let plan = arguments.plan.path().display().to_string();
    let shown = Shown {
        plan: &plan,
        blueprint: decided.blueprint(),
        previous: decided.previous,
        draft: &decided.draft,
        at,
    };
    let page = page(&shown).map_err(|failures| decided.expanded.refuse(failures))?;
    match &arguments.output {
        None => output.print(&page),
        Some(file) => {
            write_page(file, BEGIN, output.printed(&page).as_bytes()).map_err(|error| error.to_string())?
        }
    }
    Ok(ExitCode::SUCCESS)
}
