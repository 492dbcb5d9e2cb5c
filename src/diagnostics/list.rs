//! The messages of one run.

use std::collections::BTreeMap;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::severity::Severity;

/// All messages of one run, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Warnings that the plan allows, and why.
    allowed: BTreeMap<Code, String>,
}

impl Diagnostics {
    /// Adds a message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all messages of another list.
    pub fn append(&mut self, mut other: Diagnostics) {
        self.list.append(&mut other.list);
        self.allowed.append(&mut other.allowed);
    }

    /// Lowers the warnings of a code: they are shown with the reason, and count as none.
    pub fn allow(&mut self, code: Code, why: impl Into<String>) {
        self.allowed.insert(code, why.into());
    }

    /// What is allowed, and why.
    pub fn allowed(&self) -> impl Iterator<Item = (Code, &str)> {
        self.allowed.iter().map(|(code, why)| (*code, why.as_str()))
    }

    /// Why messages of a code are allowed; errors never are.
    #[must_use]
    pub fn why_allowed(&self, code: Code) -> Option<&str> {
        self.allowed.get(&code).filter(|_| code.severity() == Severity::Warning).map(String::as_str)
    }

    /// How many warnings are allowed.
    #[must_use]
    pub fn lowered(&self) -> usize {
        self.list.iter().filter(|d| self.why_allowed(d.code).is_some()).count()
    }

    /// Adds the errors of another list.
    pub fn append_errors(&mut self, other: &Diagnostics) {
        let errors = other.list.iter().filter(|d| d.code.severity() == Severity::Error);
        self.list.extend(errors.cloned());
    }

    /// The same messages with their helps in other words.
    #[must_use]
    pub fn with_helps(mut self, reworded: impl Fn(&str) -> String) -> Self {
        for diagnostic in &mut self.list {
            diagnostic.help = diagnostic.help.as_deref().map(&reworded);
        }
        self
    }

    /// Takes out the messages of some codes.
    pub fn take(&mut self, codes: &[Code]) -> Vec<Diagnostic> {
        let all = std::mem::take(&mut self.list);
        let (taken, rest) = all.into_iter().partition(|d| codes.contains(&d.code));
        self.list = rest;
        taken
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.code.severity() == Severity::Error)
    }

    /// Whether one of them has a code.
    #[must_use]
    pub fn has(&self, code: Code) -> bool {
        self.list.iter().any(|d| d.code == code)
    }

    /// How many errors have been pushed; a stage compares before and after.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.code.severity() == Severity::Error).count()
    }

    /// How many warnings that are not allowed.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors() - self.lowered()
    }

    /// The messages in the order of their first place: by source, then by position.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<_> = self.list.iter().collect();
        sorted.sort_by_key(|d| d.labels.first().map(|label| label.span));
        sorted.dedup();
        sorted
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.list.extend(diagnostics);
    }
}
