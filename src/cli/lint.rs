//! `pkiplan lint`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::clock;
use super::output::Output;
use crate::diagnostics::{Diagnostics, to_json};
use crate::lint::{COVERAGE, Given, Knowledge, lint};
use crate::read::{Builtin, Folder, definitions};
use crate::source::Sources;
use crate::values::counted;
use crate::workspace::foreign_files;

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Files, or folders with everything below them.
    #[arg(required_unless_present_any = ["host", "rules"], value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// A folder with files of a host: what has to be the same on all hosts is compared.
    #[arg(long, value_name = "NAME=DIR")]
    pub(super) host: Vec<String>,
    /// The instant at which certificates are judged, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// List the rules of a correct cluster, and where each is decided.
    #[arg(long, conflicts_with_all = ["paths", "host", "at"])]
    pub(super) rules: bool,
}

pub(super) fn run(arguments: &Lint, output: &Output) -> ExitCode {
    if arguments.rules {
        return rules(output);
    }
    match judged(arguments, output) {
        Ok(code) => code,
        Err(message) => {
            output.fail(&message);
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

fn judged(arguments: &Lint, output: &Output) -> Result<ExitCode, String> {
    let now = clock::at(arguments.at.as_deref())?;
    let mut given: Vec<Given> = arguments.paths.iter().flat_map(|path| foreign_files(path, None)).collect();
    for host in &arguments.host {
        let (name, folder) = host
            .split_once('=')
            .filter(|(name, folder)| !name.is_empty() && !folder.is_empty())
            .ok_or_else(|| format!("--host: `{host}` is not NAME=DIR"))?;
        given.extend(foreign_files(Path::new(folder), Some(name)));
    }
    let linted = lint(&given, &knowledge(), now);
    let (errors, warnings) = (linted.diagnostics.errors(), linted.diagnostics.warnings());
    if output.json {
        let diagnostics = to_json(&linted.diagnostics, &linted.sources);
        output.json(serde_json::json!({ "files": given.len(), "recognised": linted.recognised, "diagnostics": diagnostics }));
    } else {
        output.diagnostics(&linted.diagnostics, &linted.sources);
        if errors + warnings == 0 {
            output.say(&format!(
                "nothing wrong with {} of {}\n",
                linted.recognised,
                counted(given.len(), "file")
            ));
        }
    }
    Ok(ExitCode::from(if errors > 0 { 2 } else { u8::from(warnings > 0) }))
}

/// What the built-in catalog says of files of others.
fn knowledge() -> Knowledge {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let folder = Folder { world: &Builtin, root: PathBuf::new(), shown: "catalog:".to_owned(), named: None };
    let documents = definitions(&[folder], &mut sources, &mut diagnostics);
    Knowledge::of(&documents, &mut diagnostics)
}
