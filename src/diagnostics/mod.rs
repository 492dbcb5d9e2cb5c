//! What is wrong, where, and what to write instead.
//!
//! A stage pushes all it finds into [`Diagnostics`]; the next stage starts only if no error is among
//! them. Every message has a stable [`Code`].

mod code;
mod render;

pub use code::{Code, Severity};
pub use render::{Style, render, to_json};

use crate::source::Span;

/// A place and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// A few words under the place; may be empty.
    pub text: String,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of message it is.
    pub code: Code,
    /// What is wrong: lower case, no final dot, backticks around what the user wrote.
    pub message: String,
    /// Places; the first is the one that is meant, the others disagree with it.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A message without a place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), labels: Vec::new(), help: None }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a help that may be absent.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// All messages of one run, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all messages of another list.
    pub fn append(&mut self, mut other: Diagnostics) {
        self.list.append(&mut other.list);
    }

    /// Adds the errors of another list.
    pub fn append_errors(&mut self, other: &Diagnostics) {
        let errors = other.list.iter().filter(|d| d.code.severity() == Severity::Error);
        self.list.extend(errors.cloned());
    }

    /// Takes out the messages of some codes.
    pub fn take(&mut self, codes: &[Code]) -> Vec<Diagnostic> {
        let all = std::mem::take(&mut self.list);
        let (taken, rest) = all.into_iter().partition(|d| codes.contains(&d.code));
        self.list = rest;
        taken
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.code.severity() == Severity::Error)
    }

    /// How many errors have been pushed; a stage compares before and after.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.code.severity() == Severity::Error).count()
    }

    /// How many warnings.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors()
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

/// Names that are compared with one that is not known; a plan can have as many of both as it likes.
const COMPARED: usize = 300;
/// Bytes of names that are compared.
const LONGEST: usize = 256;
/// Names that a help lists.
const LISTED: usize = 24;

/// Whether what was written is probably `known`, misspelt.
#[must_use]
pub fn resembles(written: &str, known: &str) -> bool {
    let longest = written.len().max(known.len());
    let allowed = (longest / 3).clamp(1, 4);
    // Each edit is of one character, of four bytes at most.
    let near = written.len().abs_diff(known.len()) <= 4 * allowed;
    near && longest <= LONGEST && strsim::osa_distance(known, written) <= allowed
}

/// The nearest of `known` to what was written, however far.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer ones are no names, and comparing takes as long as both are.
    let names = known.into_iter().filter(|name| name.len().max(written.len()) <= LONGEST);
    names.min_by_key(|name| strsim::osa_distance(name, written))
}

/// The nearest of `known` to what was written, or the whole list if it is short.
#[must_use]
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut known: Vec<&str> = known.into_iter().take(COMPARED).collect();
    known.sort_unstable();
    known.dedup();
    let near = known.iter().copied().filter(|known| resembles(written, known));
    if let Some(nearest) = nearest(written, near) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    (1..=LISTED).contains(&known.len()).then(|| format!("known here: {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_nearest_or_lists_what_there_is() {
        let known = ["certificate", "authority", "node"];
        assert_eq!(did_you_mean("authorty", known).as_deref(), Some("did you mean `authority`?"));
        assert_eq!(did_you_mean("nothing", ["a", "b"]).as_deref(), Some("known here: a, b"));
        assert_eq!(did_you_mean("nothing", []), None);
    }

    #[test]
    fn names_of_other_lengths_are_not_compared() {
        let long = "a".repeat(1 << 20);
        assert!(!resembles(&long, "a"));
        assert_eq!(did_you_mean(&long, ["a"]).as_deref(), Some("known here: a"));
    }
}
