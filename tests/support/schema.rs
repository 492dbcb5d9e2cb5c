//! The published forms of what commands print with `--format json`, by a program that knows JSON Schema.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::installed::installed;

/// Where the schema of a command lies.
pub(crate) fn path(command: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report").join(command).join("schema.json")
}

/// What is wrong with files; nothing if all are as the schema says.
pub(crate) fn complaints(command: &str, files: &[PathBuf]) -> Option<String> {
    assert!(!files.is_empty());
    said(Command::new(installed("check-jsonschema")).arg("--schemafile").arg(path(command)).args(files))
}

/// What is wrong with the schema itself.
pub(crate) fn of_schema(command: &str) -> Option<String> {
    said(Command::new(installed("check-jsonschema")).arg("--check-metaschema").arg(path(command)))
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (!output.status.success()).then(|| String::from_utf8_lossy(&said).into_owned())
}
