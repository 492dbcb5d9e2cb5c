//! Collects the messages of one run, with the texts that they point into.

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Sources, Span};
use crate::values::Instant;

/// Messages of one run; a folder of broken files could have any number.
const MOST: usize = 2_000;

/// Messages, and the texts that they point into.
pub(super) struct Report {
    pub(super) now: Instant,
    diagnostics: Diagnostics,
    sources: Sources,
    count: usize,
}

impl Report {
    pub(super) fn new(now: Instant) -> Self {
        Self { now, diagnostics: Diagnostics::default(), sources: Sources::default(), count: 0 }
    }

    /// Adds the masked text of a file.
    pub(super) fn source(&mut self, name: &str, text: String) -> SourceId {
        self.sources.add(name, text)
    }

    /// A line of a source, counted from 1; the first where there are fewer.
    pub(super) fn line(&self, source: SourceId, line: u32) -> Span {
        let text = &self.sources.get(source).text;
        let mut start = 0;
        for (at, content) in text.split('\n').enumerate() {
            let indent = content.len() - content.trim_start().len();
            if at + 1 == line as usize {
                return source.span(start + indent..start + content.trim_end().len().max(indent));
            }
            start += content.len() + 1;
        }
        source.span(0..text.find('\n').unwrap_or(text.len()))
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.count += 1;
        if self.count <= MOST {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A message at one place.
    pub(super) fn say(&mut self, code: Code, place: Span, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(code, message).at(place, "");
        self.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// How many messages there are so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn done(self) -> (Diagnostics, Sources) {
        (self.diagnostics, self.sources)
    }
}
