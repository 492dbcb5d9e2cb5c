//! The words of one specification, stored in the encoding of the lock.

use std::borrow::Cow;
use std::sync::Arc;

use super::text;
use crate::specification::Word;

/// Ordered words, stored as the very lines of the lock: thirty thousand certificates are read,
/// compared, carried over and written without taking a word apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Arc<str>);

impl Words {
    /// From words.
    #[must_use]
    pub fn new<S: AsRef<str>>(words: &[S]) -> Self {
        let mut lines = String::new();
        Self::encode(&mut lines, words);
        Self(lines.into())
    }

    /// Appends the lines that hold `words`.
    pub(super) fn encode<S: AsRef<str>>(out: &mut String, words: &[S]) {
        for word in words {
            out.push_str("  \"");
            text::escape(out, word.as_ref());
            out.push_str("\",\n");
        }
    }

    /// The words, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, str>> {
        fn inside(line: &str) -> Option<Cow<'_, str>> {
            line.get(3..line.len().checked_sub(2)?).and_then(text::unescape)
        }
        self.0.lines().map(|line| inside(line).unwrap_or_default())
    }

    /// The words.
    #[must_use]
    pub fn to_vec(&self) -> Vec<String> {
        self.iter().map(Cow::into_owned).collect()
    }

    /// What the words say of one subject, in their order.
    pub fn of(&self, word: &Word) -> impl Iterator<Item = String> {
        self.iter().filter_map(move |line| {
            let (known, value) = Word::split(&line);
            (known == *word).then(|| value.to_owned())
        })
    }

    /// Whether these are `words`. `scratch` is overwritten; passing the same one saves allocations.
    #[must_use]
    pub fn are<S: AsRef<str>>(&self, words: &[S], scratch: &mut String) -> bool {
        scratch.clear();
        Self::encode(scratch, words);
        *scratch == *self.0
    }

    /// Takes the lines of words off the front of `rest`; none if one of them is not canonical.
    pub(super) fn take(rest: &mut &str) -> Option<Self> {
        let mut length = 0;
        while rest.get(length..)?.starts_with("  \"") {
            let line_end = length + rest[length..].find('\n')?;
            let inside = rest.get(length + 3..line_end)?.strip_suffix("\",")?;
            if !text::is_plain(inside) {
                text::unescape(inside)?;
            }
            length = line_end + 1;
        }
        let (lines, after) = rest.split_at(length);
        *rest = after;
        Some(Self(lines.into()))
    }

    /// The rest of the first word that begins so, as long as it is spelt plainly.
    pub(super) fn value(&self, beginning: &str) -> Option<&str> {
        self.0
            .lines()
            .find_map(|line| line.strip_prefix("  \"")?.strip_prefix(beginning)?.strip_suffix("\","))
    }

    pub(super) fn lines(&self) -> &str {
        &self.0
    }
}
