//! The reasons why a text of the catalog does not compile or has no value.

use std::ops::Range;

/// Why a string does not compile or has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind of mistake it is.
    pub kind: FailureKind,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The bytes of the string that are meant, where known.
    pub range: Option<Range<usize>>,
}

/// What kind of mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// All texts together take more work than they may; it is no mistake of this one.
    AllTooMuch,
    /// It takes more work than one text may.
    TooMuch,
    /// It does not parse, names what is not there, or has no value.
    Wrong,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Wrong, message: message.into(), help: None, range: None }
    }

    pub(super) fn too_much(message: impl Into<String>, help: &str) -> Self {
        let help = Some(help.to_owned());
        Self { kind: FailureKind::TooMuch, message: message.into(), help, range: None }
    }

    /// With the place, where none is known that is nearer.
    pub(super) fn within(mut self, range: &Range<usize>) -> Self {
        self.range.get_or_insert_with(|| range.clone());
        self
    }
}

impl From<minijinja::Error> for Failure {
    fn from(error: minijinja::Error) -> Self {
        let kind = error.kind().to_string();
        let message = match error.detail() {
            Some(detail) if detail.starts_with(&kind) => detail.to_owned(),
            Some(detail) => format!("{kind}: {detail}"),
            None => kind,
        };
        Failure { range: error.range(), ..Failure::new(message) }
    }
}
