//! Sources, spans of bytes in them, and values with their spans.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A text that diagnostics may point into: the plan, a component definition, a template.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name shown to people, a path or `catalog:components/etcd/component.toml`.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
    /// Where lines begin, found when first asked for.
    lines: OnceLock<Vec<u32>>,
}

/// All texts of one run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

/// Names one [`Source`] of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source that the range is of.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value and the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl Source {
    /// The line that holds the byte at `offset`, counted from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        let lines = self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            newlines.filter_map(|(at, _)| u32::try_from(at + 1).ok()).collect()
        });
        lines.partition_point(|start| *start <= offset) + 1
    }
}

impl Sources {
    /// Adds a text and returns its name in spans.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(Source { name: name.into(), text: text.into(), lines: OnceLock::new() });
        id
    }

    /// How many bytes all texts have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.sources.iter().map(|source| source.text.len()).sum()
    }

    /// All texts, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// The names of all texts, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.name.as_str())
    }

    /// The text of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<SourceId> {
        let position = self.sources.iter().position(|source| source.name == name)?;
        u32::try_from(position).ok().map(SourceId)
    }

    /// The source that `id` names; ids are made by [`Sources::add`] only.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// The text under `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or_default()
    }

    /// `name:line`, as origins are shown to people.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let source = self.get(span.source);
        format!("{}:{}", source.name, source.line(span.start))
    }
}

impl SourceId {
    /// A span of this source.
    #[must_use]
    pub fn span(self, range: Range<usize>) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: self, start: clamp(range.start), end: clamp(range.end) }
    }
}

impl Span {
    /// The bytes of the source that are meant.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<T> Spanned<T> {
    /// Ties `value` to its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}

impl Spanned<String> {
    /// The place of `inner`, a range of this string's bytes, in the source.
    ///
    /// Exact when the TOML string has no escapes, for then its text stands in the source as it is;
    /// otherwise the whole value.
    #[must_use]
    pub fn inner(&self, sources: &Sources, inner: Range<usize>) -> Span {
        match sources.slice(self.span).find(self.value.as_str()) {
            Some(quote) if inner.end <= self.value.len() => {
                let start = self.span.start as usize + quote;
                self.span.source.span(start + inner.start..start + inner.end)
            }
            _ => self.span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_ranges_are_exact_without_escapes() {
        let mut sources = Sources::default();
        let id = sources.add("plan", "a = \"{{ node.nmae }}\"\n");
        let text = Spanned::new("{{ node.nmae }}".to_owned(), id.span(4..21));
        assert_eq!(sources.slice(text.inner(&sources, 3..12)), "node.nmae");
        let escaped = Spanned::new("x\ny".to_owned(), id.span(4..21));
        assert_eq!(escaped.inner(&sources, 0..1), escaped.span);
        assert_eq!(sources.place(text.span), "plan:1");
    }
}
