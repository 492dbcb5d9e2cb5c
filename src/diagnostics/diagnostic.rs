//! A message with its code, its locations and its help.

use super::code::Code;
use super::cut;
use crate::printable;
use crate::source::Span;

/// A place and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text that the label stands at.
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

/// Bytes of a message, a label or a help: what they repeat may be as long as somebody likes.
const LONGEST: usize = 4_000;

/// The text, or its beginning and how much is left out.
fn short(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let (shown, rest) = text.split_at(cut::before(&text, LONGEST));
    format!("{shown}... and {} characters more", rest.chars().count())
}

impl Diagnostic {
    /// A message without a place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: short(message.into()), labels: Vec::new(), help: None }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: short(text.into()) });
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(printable::line(&short(help.into())).into_owned());
        self
    }

    /// Puts a list below what to write, each item on a line of its own.
    #[must_use]
    pub fn list(mut self, items: &[String]) -> Self {
        let help = self.help.get_or_insert_default();
        for item in items {
            help.push('\n');
            help.push_str(&printable::line(item));
        }
        self
    }

    /// The same with a help that may be absent.
    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        let long = Diagnostic::new(Code::ForeignFile, "ä".repeat(100_000)).help("a".repeat(5_000));
        assert_eq!(long.message, format!("{}... and 98000 characters more", "ä".repeat(2_000)));
        assert!(long.help.is_some_and(|help| help.ends_with("a... and 1000 characters more")));
        assert_eq!(Diagnostic::new(Code::ForeignFile, "a".repeat(LONGEST)).message.len(), LONGEST);
    }
}
