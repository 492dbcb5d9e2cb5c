//! The reasons why a file of a host cannot be read.

use std::fmt;
use std::sync::Arc;

use crate::printable;

/// Something that lies on a host and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its absolute path on the host.
    pub path: Arc<str>,
    /// Why not.
    pub why: Why,
}

/// Why something cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// What lies there instead of a regular file: `a folder`.
    NotAFile(&'static str),
    /// It is no folder.
    NotAFolder,
    /// Links lead to links without an end.
    Links,
    /// A path that is longer or deeper than any that systems have.
    Path,
    /// It is larger than what is read: bytes.
    TooLarge(u64),
    /// It holds more than what is read: entries.
    TooMany(usize),
    /// It is not UTF-8.
    NotText,
    /// As the system says.
    System(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::NotAFile(kind) => write!(f, "it is {kind}, not a regular file"),
            Why::NotAFolder => f.write_str("it is not a directory"),
            Why::Links => f.write_str("its links lead in a circle, or through too many links"),
            Why::Path => f.write_str("its path is too long"),
            Why::TooLarge(most) => write!(f, "it is larger than {} KiB", most >> 10),
            Why::TooMany(most) => write!(f, "it holds more than {most} entries"),
            Why::NotText => f.write_str("it is not UTF-8"),
            Why::System(error) => f.write_str(&printable::line(error)),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", printable::line(&self.path), self.why)
    }
}

impl std::error::Error for Problem {}
