//! `pkiplan inspect`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::clock;
use super::output::Output;
use crate::inspect::{describe, textconv};
use crate::workspace::of_any_file;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// A file: PEM, DER or a kubeconfig.
    pub(super) file: PathBuf,
    /// Print a summary that does not depend on the date, for `git diff`. Unknown files are printed unchanged.
    #[arg(long, conflicts_with = "at")]
    pub(super) textconv: bool,
    /// Count days from this time (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Inspect, output: &Output) -> ExitCode {
    output.end(reported(arguments, output).map(|()| ExitCode::SUCCESS))
}

fn reported(arguments: &Inspect, output: &Output) -> Result<(), String> {
    let shown = arguments.file.display();
    let read = || of_any_file(&arguments.file);
    // No clock: git shows nothing of any file where its driver fails.
    if arguments.textconv {
        output.bytes(&textconv(&read()?));
        return Ok(());
    }
    let now = clock::at(arguments.at.as_deref())?;
    let found = describe(&read()?, now).map_err(|error| format!("{shown}: {error}"))?;
    if output.json {
        output.json(serde_json::json!(found));
    } else {
        let texts: Vec<String> = found.iter().map(crate::inspect::Description::to_text).collect();
        output.print(&texts.join("\n"));
    }
    Ok(())
}
