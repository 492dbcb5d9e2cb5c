//! Translates errors of the file system into problems of a host's files.

use std::sync::Arc;

use super::file::LARGEST;
use super::problem::{Problem, Why};
use crate::read::Refusal;

/// Why a path of the host cannot be read.
pub(super) fn problem(path: &Arc<str>, error: &std::io::Error) -> Problem {
    let why = match Refusal::of(error) {
        Some(Refusal::TooLarge) => Why::TooLarge(LARGEST),
        Some(Refusal::NotAFile(kind)) => Why::NotAFile(kind),
        _ => Why::System(error.to_string()),
    };
    Problem { path: Arc::clone(path), why }
}
