//! `pkiplan explain`: explains a code, a key, a component, a setting, a flag or a term.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::complete;
use super::output::Output;
use crate::lookup::{self, Unknown};
use crate::plan::{AtHand, at_hand};
use crate::read::{Bounds, Builtin, Disk};
use crate::report::{code_to_text, explained_to_json, explained_to_text};
use crate::workspace::Failure;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A code (`resolve::unknown-authority`), a key of plans or of the catalog (`cluster.endpoint`, `vip.port`), a
    /// component (`etcd`), a setting or flag of one (`etcd.client-port`), or a term of the glossary (`selector`).
    #[arg(value_name = "CODE|KEY|COMPONENT[.SETTING]", add = ArgValueCompleter::new(complete::explainable))]
    pub(super) word: String,
    /// Also know the components of this plan's catalog folder.
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
}

pub(super) fn run(arguments: &Explain, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(explain(arguments, bounds, output))
}

fn explain(arguments: &Explain, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let at_hand = catalog_of(arguments.plan.as_deref(), bounds)?;
    let word = arguments.word.as_str();
    let found = lookup::explain(word, &at_hand).map_err(|unknown| match word.contains("::") {
        true => no_code(word, &unknown),
        false => {
            let help = unknown.help.map(|help| format!("; {help}")).unwrap_or_default();
            format!("`{word}` is not a key, component, setting or term{help}")
        }
    })?;
    match output.json {
        true => output.json(explained_to_json(&found, &at_hand)),
        false => output.print(&explained_to_text(&found, &at_hand)),
    }
    Ok(ExitCode::SUCCESS)
}

/// The catalog that a plan has, or the built-in one.
pub(super) fn catalog_of(plan: Option<&Path>, bounds: &Bounds) -> Result<AtHand, Failure> {
    let read = match plan {
        Some(path) => at_hand(&Disk::around(path, bounds)?, Some(path)),
        None => at_hand(&Builtin, None),
    };
    read.map_err(|(diagnostics, sources)| Failure::refused(diagnostics, &sources))
}

/// One code alone, as `check --explain` prints it.
pub(super) fn code(name: &str, output: &Output) -> ExitCode {
    match lookup::code(name) {
        Ok(code) => {
            output.print(&code_to_text(&code));
            ExitCode::SUCCESS
        }
        Err(unknown) => {
            output.fail(&no_code(name, &unknown));
            ExitCode::FAILURE
        }
    }
}

/// That a code is none, and what may be meant or where codes are.
fn no_code(name: &str, unknown: &Unknown) -> String {
    let help = unknown
        .help
        .as_deref()
        .unwrap_or("each message begins with its code, for example `resolve::unknown-role`");
    format!("there is no code `{name}`; {help}")
}
