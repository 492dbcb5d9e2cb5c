//! Warns about invisible characters, and about characters that make a terminal show something else.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::printable;
use crate::source::SourceId;

/// Places that are reported of one file.
const REPORTED: usize = 20;
/// What some editors put before a text, as it is shown.
const MARK: &str = r"\u{feff}";
/// Characters of a value that a message repeats.
const REPEATED: usize = 60;

/// Warns of such characters in a TOML file: in its strings and keys, also where an escape writes them, and around
/// them as they stand there.
pub fn hidden(text: &str, source: SourceId, diagnostics: &mut Diagnostics) {
    if may_hide(text) {
        let (root, _) = DeTable::parse_recoverable(text);
        hidden_in(text, root.get_ref(), source, diagnostics);
    }
}

/// The same for a TOML file that has been parsed.
pub(super) fn hidden_in(text: &str, root: &DeTable<'_>, source: SourceId, diagnostics: &mut Diagnostics) {
    if !may_hide(text) {
        return;
    }
    let mut found = Found::default();
    found.table(root);
    let within = std::mem::take(&mut found.places);
    found.raw(text, |at| within.iter().any(|(range, _)| range.contains(&at)));
    found.places.extend(within);
    found.say(source, diagnostics);
}

/// The same for a text that is no TOML.
pub fn hidden_in_text(text: &str, source: SourceId, diagnostics: &mut Diagnostics) {
    let mut found = Found::default();
    found.raw(text, |_| false);
    found.say(source, diagnostics);
}

/// Whether a TOML file can have such characters: as they are, or as escapes.
fn may_hide(text: &str) -> bool {
    text.contains('\\') || printable::escaped(text).next().is_some()
}

/// Places with what stands there, in the form in which it is shown.
#[derive(Default)]
struct Found {
    places: Vec<(Range<usize>, String)>,
}

impl Found {
    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            self.text(key);
            self.value(value);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) => self.look(text, value.span()),
            DeValue::Array(items) => items.iter().for_each(|item| self.value(item)),
            DeValue::Table(table) => self.table(table),
            _ => {}
        }
    }

    fn text(&mut self, text: &Spanned<DeString<'_>>) {
        self.look(text.get_ref(), text.span());
    }

    fn look(&mut self, text: &str, range: Range<usize>) {
        if let Some((at, _)) = printable::escaped(text).next() {
            self.places.push((range, excerpt(text, at)));
        }
    }

    /// What is not written as an escape; what stands side by side is reported once.
    fn raw(&mut self, text: &str, is_reported: impl Fn(usize) -> bool) {
        for (at, c) in printable::escaped(text).filter(|(at, _)| !is_reported(*at)) {
            let end = at + c.len_utf8();
            match self.places.last_mut().filter(|(range, _)| range.end == at) {
                Some((range, shown)) => {
                    range.end = end;
                    shown.push_str(&printable::escape(c));
                }
                None => self.places.push((at..end, printable::escape(c))),
            }
        }
    }

    fn say(mut self, source: SourceId, diagnostics: &mut Diagnostics) {
        self.places.sort_by_key(|(range, _)| range.start);
        self.places.dedup_by(|one, other| one.0 == other.0);
        let more = self.places.len().saturating_sub(REPORTED);
        for (at, (range, shown)) in self.places.into_iter().take(REPORTED).enumerate() {
            let shown: String = shown.chars().take(2 * REPEATED).collect();
            let message = "invisible or misleading characters";
            let is_mark = range.start == 0 && shown == MARK;
            let diagnostic = Diagnostic::new(Code::HiddenCharacter, message)
                .at(source.span(range), format!("this is `{shown}`"));
            let rest =
                (at + 1 == REPORTED && more > 0).then(|| format!("and {more} more places in this file"));
            let mark = is_mark
                .then(|| "it is a byte order mark: save the file as UTF-8 without one (BOM)".to_owned());
            diagnostics.push(diagnostic.maybe_help(rest.or(mark)));
        }
    }
}

/// What stands around the first such character of a value.
fn excerpt(text: &str, at: usize) -> String {
    let before = text[..at].char_indices().rev().nth(REPEATED / 3).map_or(0, |(start, _)| start);
    let shown: String = text[before..].chars().take(REPEATED).collect();
    printable::line(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn reported(text: &str) -> Vec<(String, String)> {
        let mut sources = Sources::default();
        let source = sources.add("plan", text);
        let mut diagnostics = Diagnostics::default();
        hidden(text, source, &mut diagnostics);
        let one = |diagnostic: &&Diagnostic| {
            let label = &diagnostic.labels[0];
            (sources.slice(label.span).to_owned(), label.text.clone())
        };
        diagnostics.sorted().iter().map(one).collect()
    }

    #[test]
    fn strings_keys_and_what_stands_around_them_are_reported_once() {
        let text = "a = \"x\\u001b[8m\" # \u{202e}\u{202d}\n\"k\u{200b}\" = ['\u{ad}', { b = \"\"\"c\\\n  d\"\"\" }]\n";
        let one = |slice: &str, label: &str| (slice.to_owned(), format!("this is `{label}`"));
        assert_eq!(
            reported(text),
            [
                one("\"x\\u001b[8m\"", r"x\u{1b}[8m"),
                one("\u{202e}\u{202d}", r"\u{202e}\u{202d}"),
                one("\"k\u{200b}\"", r"k\u{200b}"),
                one("'\u{ad}'", r"\u{ad}"),
            ]
        );
        assert_eq!(reported("a = \"tab\\t, line\\n\" # Zürich ⚠\u{fe0f}\r\nb = \"\"\"x\r\n\"\"\"\r\n"), []);
    }

    #[test]
    fn a_file_is_not_reported_for_ever() {
        let text: String = (0..100).map(|n| format!("k{n} = \"\\u202e\"\n")).collect();
        assert_eq!(reported(&text).len(), REPORTED);
    }
}
