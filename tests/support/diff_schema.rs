//! The published form of `diff --format json`, by a program that knows JSON Schema.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::installed::installed;

/// Where the schema lies.
pub(crate) fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/diff/schema.json")
}

/// What is wrong with files; nothing if all are as the schema says.
pub(crate) fn complaints(files: &[PathBuf]) -> Option<String> {
    assert!(!files.is_empty());
    let mut command = Command::new(installed("check-jsonschema"));
    let output = command.arg("--schemafile").arg(path()).args(files).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (!output.status.success()).then(|| String::from_utf8_lossy(&said).into_owned())
}
