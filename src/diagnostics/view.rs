//! The lines of a source that a message shows, with escaped control characters.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::cut;
use crate::printable;
use crate::source::{Source, SourceId, Sources, Span};

/// Bytes of a place that are marked.
const MARKED: usize = 512;
/// Bytes of lines around a place that are shown whole, and how many of longer ones on either side of it.
const LONGEST: usize = 8_000;
const AROUND: usize = 200;

/// The sources that messages point into.
pub(super) struct Views<'a>(BTreeMap<SourceId, View<'a>>);

impl<'a> Views<'a> {
    pub(super) fn of(ids: impl Iterator<Item = SourceId>, sources: &'a Sources) -> Self {
        let mut views = BTreeMap::new();
        for id in ids {
            views.entry(id).or_insert_with(|| View::of(sources.get(id)));
        }
        Self(views)
    }

    pub(super) fn get(&self, id: SourceId) -> Option<&View<'a>> {
        self.0.get(&id)
    }
}

/// A text in which nothing commands a terminal. Only the wanted lines of it are read: miette's own scan of a plan of
/// ten thousand nodes costs milliseconds for each label.
#[derive(Debug)]
pub(super) struct View<'a> {
    name: String,
    source: &'a Source,
    /// None: the text as it is.
    shown: Option<String>,
    /// Where what follows an escaped character stands: in the source, and here.
    moved: Vec<(usize, usize)>,
}

impl<'a> View<'a> {
    fn of(source: &'a Source) -> Self {
        let mut view =
            Self { name: printable::line(&source.name).into_owned(), source, shown: None, moved: Vec::new() };
        let (mut shown, mut end) = (String::new(), 0);
        for (at, c) in printable::escaped(&source.text) {
            let _ = write!(shown, "{}{}", &source.text[end..at], printable::escape(c));
            end = at + c.len_utf8();
            view.moved.push((end, shown.len()));
        }
        if end > 0 {
            shown.push_str(&source.text[end..]);
            view.shown = Some(shown);
        }
        view
    }

    /// Where a place of the source begins here, and how much of it is marked.
    pub(super) fn place(&self, span: Span) -> (usize, usize) {
        let (start, end) = (self.offset(span.start), self.offset(span.end));
        let long = end - start > MARKED;
        let end = if long { cut::before(self.text(), start + MARKED).max(start) } else { end };
        (start, end - start)
    }

    /// Where a byte of the source stands here.
    fn offset(&self, offset: u32) -> usize {
        let offset = offset as usize;
        let before = self.moved.partition_point(|(source, _)| *source <= offset);
        let (source, here) = before.checked_sub(1).map_or((0, 0), |last| self.moved[last]);
        here + (offset - source)
    }

    fn text(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.source.text)
    }
}

impl SourceCode for View<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let text = self.text();
        let (start, end) = (span.offset(), span.offset() + span.len());
        if end > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let line_start =
            |offset: usize| text.as_bytes()[..offset].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
        let line_end = |offset: usize| {
            text.as_bytes()[offset..].iter().position(|&b| b == b'\n').map_or(text.len(), |n| offset + n + 1)
        };
        let mut first = line_start(start);
        for _ in 0..before {
            first = if first == 0 { 0 } else { line_start(first - 1) };
        }
        let mut last = line_end(end.max(start + 1).saturating_sub(1).min(text.len()));
        for _ in 0..after {
            last = line_end(last);
        }
        // Of lines that nobody could read only the part around the place is shown.
        if last - first > LONGEST {
            first = first.max(cut::before(text, start.saturating_sub(AROUND)));
            last = last.min(cut::after(text, end + AROUND));
        }
        let line = text.as_bytes()[..first].iter().filter(|&&b| b == b'\n').count();
        let contents = &text.as_bytes()[first..last];
        let lines = contents.iter().filter(|&&b| b == b'\n').count();
        let range = SourceSpan::from((first, last - first));
        let column = if before == 0 { start - line_start(start) } else { 0 };
        let contents = MietteSpanContents::new_named(self.name.clone(), contents, range, line, column, lines);
        Ok(Box::new(contents))
    }
}
