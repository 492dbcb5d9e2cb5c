//! Parses the arguments of a program as the program does.
//!
//! The programs of Kubernetes use pflag; others use the package `flag` of Go's standard library.

mod environment;
mod given;
mod go;
mod pflag;
mod plain;
mod value;

pub use environment::environment;
pub use given::{Argument, Arguments, Refusal, Refused, Style};
pub use plain::plain;

use super::command::Word;
use crate::catalog::FlagTable;
use crate::values::Version;
use given::Known;

/// What a program of a version takes from the words after its name. A table that is not complete, or does not cover
/// the version, makes no flag unknown. Where nobody knows the version, only what no version takes is refused.
#[must_use]
pub fn arguments(words: &[Word], table: &FlagTable, version: Option<&Version>, style: Style) -> Arguments {
    let known = Known { table, version, style };
    match style {
        Style::Pflag => pflag::arguments(words, known),
        Style::Go => go::arguments(words, known),
    }
}
