//! `pkiplan inspect`

use std::process::ExitCode;

use super::arguments::Inspect;
use super::clock;
use super::output::Output;
use crate::inspect::{describe, textconv};

pub(super) fn run(arguments: &Inspect, output: &Output) -> ExitCode {
    told(arguments, output).map_or_else(
        |message| {
            output.fail(&message);
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn told(arguments: &Inspect, output: &Output) -> Result<(), String> {
    let shown = arguments.file.display();
    let read = || std::fs::read(&arguments.file).map(zeroize::Zeroizing::new);
    let read = || read().map_err(|error| format!("cannot read {shown}: {error}"));
    // No clock: git shows nothing of any file where its driver fails.
    if arguments.textconv {
        output.bytes(&textconv(&read()?));
        return Ok(());
    }
    let now = clock::at(arguments.at.as_deref())?;
    let found = describe(&read()?, now).map_err(|error| format!("{shown}: {error}"))?;
    if output.json {
        output.json(&serde_json::json!(found));
    } else {
        let texts: Vec<String> = found.iter().map(crate::inspect::Description::to_text).collect();
        output.print(&texts.join("\n"));
    }
    Ok(())
}
