//! `pkiplan inspect`

use std::process::ExitCode;

use super::arguments::Inspect;
use super::clock;
use super::output::Output;
use crate::inspect::describe;

pub(super) fn run(arguments: &Inspect, output: &Output) -> ExitCode {
    let shown = arguments.file.display();
    let now = match clock::at(arguments.at.as_deref()) {
        Ok(now) => now,
        Err(message) => {
            output.fail(&message);
            return ExitCode::FAILURE;
        }
    };
    let bytes = match std::fs::read(&arguments.file) {
        Ok(bytes) => zeroize::Zeroizing::new(bytes),
        Err(error) => {
            output.fail(&format!("cannot read {shown}: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match describe(&bytes, now) {
        Ok(found) if output.json => output.json(&serde_json::json!(found)),
        Ok(found) => {
            let texts: Vec<String> = found.iter().map(crate::inspect::Description::to_text).collect();
            output.print(&texts.join("\n"));
        }
        Err(error) => {
            output.fail(&format!("{shown}: {error}"));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
