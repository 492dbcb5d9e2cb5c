//! Finds the comments of definitions.

use crate::source::{Sources, Span};

/// The lines of comment directly above the line of a span, as one text; none if there is none.
#[must_use]
pub fn comment_above(sources: &Sources, span: Span) -> Option<String> {
    let text = sources.get(span.source).text.get(..span.start as usize)?;
    let above = text.rsplit_once('\n').map_or("", |(above, _)| above);
    let mut lines: Vec<&str> =
        above.lines().rev().map_while(|line| line.trim_start().strip_prefix('#')).map(str::trim).collect();
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_stand_directly_above() {
        let mut sources = Sources::default();
        let text = "# far\n\n# one,\n#  two\nkey = 1\nother = 2\n";
        let id = sources.add("a", text);
        let at = |word: &str| text.find(word).map(|at| id.span(at..at + 1)).unwrap();
        assert_eq!(comment_above(&sources, at("key")).as_deref(), Some("one, two"));
        assert_eq!(comment_above(&sources, at("other")), None);
        assert_eq!(comment_above(&sources, at("# far")), None);
    }
}
