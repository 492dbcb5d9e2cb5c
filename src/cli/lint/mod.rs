//! `pkiplan lint`: finds mistakes in existing PKI files.

mod together;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::clock;
use super::output::Output;
use crate::catalog::builtin_documents;
use crate::diagnostics::{Code, Diagnostics, to_json};
use crate::lint::{COVERAGE, Given, Knowledge, lint};
use crate::plan;
use crate::printable;
use crate::read::{Bounds, Disk};
use crate::report::verify::{self, Proven};
use crate::source::Sources;
use crate::values::counted;
use crate::verify::Tried;
use crate::workspace::foreign_files;
use together::{Named, together};

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Files, or directories (read recursively).
    #[arg(required_unless_present_any = ["host", "rules"], value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// A directory with a host's files. Its programs are read with their flags, what must be equal on all hosts is
    /// compared, and every connection between the hosts is judged. ADDRESS is where other hosts reach it. Repeatable.
    #[arg(long, value_name = "NAME=DIR[@ADDRESS]")]
    pub(super) host: Vec<String>,
    /// Judge certificates at this time (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// A plan whose `allow` table accepts warnings, each with a reason.
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// List the rules of a correct cluster, and where each is checked.
    #[arg(long, conflicts_with_all = ["paths", "host", "at", "plan"])]
    pub(super) rules: bool,
}

pub(super) fn run(arguments: &Lint, bounds: &Bounds, output: &Output) -> ExitCode {
    if arguments.rules {
        return rules(output);
    }
    match judged(arguments, bounds, output) {
        Ok(code) => code,
        Err(message) => {
            output.stop(&message);
            ExitCode::from(2)
        }
    }
}

fn rules(output: &Output) -> ExitCode {
    if output.json {
        let all = COVERAGE
            .iter()
            .map(|(id, decided)| serde_json::json!({ "rule": id, "decided": decided.to_string() }));
        output.json(serde_json::json!({ "rules": all.collect::<Vec<_>>() }));
    } else {
        let lines = COVERAGE.iter().map(|(id, decided)| format!("{id:<4} {decided}\n"));
        output.print(&lines.collect::<String>());
    }
    ExitCode::SUCCESS
}

fn judged(arguments: &Lint, bounds: &Bounds, output: &Output) -> Result<ExitCode, String> {
    let now = clock::at(arguments.at.as_deref())?;
    let mut given: Vec<Given> = arguments.paths.iter().flat_map(|path| foreign_files(path, None)).collect();
    let hosts: Vec<Named<'_>> =
        arguments.host.iter().map(|text| Named::parse(text)).collect::<Result<_, _>>()?;
    for host in &hosts {
        given.extend(foreign_files(Path::new(host.folder), Some(host.name)));
    }
    let mut linted = lint(&given, &knowledge(), now);
    if let Some(path) = &arguments.plan {
        for (code, why) in allowed(path, bounds)? {
            linted.diagnostics.allow(code, why);
        }
    }
    let (mut errors, warnings) = (linted.diagnostics.errors(), linted.diagnostics.warnings());
    let together = if hosts.is_empty() { None } else { Some(together(&hosts, now)?) };
    let tried = Tried::default();
    let proven = together
        .as_ref()
        .map(|(wiring, proof)| Proven {
            wiring,
            proof,
            tried: &tried,
            lost: None,
            written: None,
            rehearsed: false,
            fix: None,
        })
        .filter(|proven| !proven.wiring.programs.is_empty());
    errors += usize::from(proven.as_ref().is_some_and(Proven::has_errors));
    if output.json {
        let diagnostics = to_json(&linted.diagnostics, &linted.sources);
        output.json(serde_json::json!({ "files": given.len(), "recognised": linted.recognised, "diagnostics": diagnostics, "together": proven.as_ref().map(verify::to_json) }));
    } else {
        output.diagnostics(&linted.diagnostics, &linted.sources);
        if let Some(proven) = &proven {
            output.print(&verify::to_text(proven));
        }
        if errors + warnings + linted.diagnostics.lowered() == 0 {
            let others = match given.len().saturating_sub(linted.recognised) {
                0 => String::new(),
                others => format!("; {} that `lint` does not read", counted(others, "file")),
            };
            output.say(&format!("nothing wrong with {}{others}\n", counted(linted.recognised, "file")));
        }
    }
    Ok(ExitCode::from(if errors > 0 { 2 } else { u8::from(warnings > 0) }))
}

/// What a plan allows.
fn allowed(path: &Path, bounds: &Bounds) -> Result<Vec<(Code, String)>, String> {
    let mut diagnostics = Diagnostics::default();
    let loaded = plan::load(&Disk::around(path, bounds)?, path, Sources::default(), &mut diagnostics);
    if loaded.is_err() || diagnostics.has_errors() {
        let shown = printable::path(path);
        return Err(format!("{shown} has errors: `pkiplan check {shown}` shows them"));
    }
    Ok(diagnostics.allowed().map(|(code, why)| (code, why.to_owned())).collect())
}

/// What the built-in catalog says of files of others.
fn knowledge() -> Knowledge {
    let (documents, _, mut diagnostics) = builtin_documents();
    Knowledge::of(&documents, &mut diagnostics)
}
