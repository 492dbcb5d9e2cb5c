//! The reasons why a command stops early.

use crate::diagnostics::Diagnostics;
use crate::source::Sources;

/// What is in the way.
#[derive(Debug)]
pub enum Failure {
    /// Something outside any source, in words.
    Message(String),
    /// Something among what was read.
    Refused(Box<Refused>),
}

/// Messages, at least one of them an error, and the texts that they point into.
#[derive(Debug)]
pub struct Refused {
    /// The messages.
    pub diagnostics: Diagnostics,
    /// The texts.
    pub sources: Sources,
}

impl Failure {
    /// Messages that point into `sources`.
    #[must_use]
    pub fn refused(diagnostics: Diagnostics, sources: &Sources) -> Self {
        Failure::Refused(Box::new(Refused { diagnostics, sources: sources.clone() }))
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure::Message(message)
    }
}
