//! Escapes untrusted text for printing.
//!
//! Plans, locks, certificates and file names may come from anyone. Characters that control a terminal, reverse the
//! direction of text, or are invisible are shown as `\u{...}`. Everything that prints uses this module. Text that is
//! escaped already is not changed again.

mod hidden;
mod json;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use hidden::Hidden;

pub use json::value;

/// One line: a line feed is escaped, too.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    shown(text, |_| false)
}

/// A path in one line.
#[must_use]
pub fn path(path: &Path) -> String {
    line(&path.display().to_string()).into_owned()
}

/// Lines, each ended by a line feed.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| c == '\n')
}

/// The text of a file, whose lines may have tabs, and a carriage return at their ends.
#[must_use]
pub fn file(text: &str) -> Cow<'_, str> {
    const END: &str = "\r\n";
    let kept = |c| matches!(c, '\n' | '\t');
    if !text.contains(END) {
        return shown(text, kept);
    }
    Cow::Owned(text.split(END).map(|part| shown(part, kept)).collect::<Vec<_>>().join(END))
}

/// What colours a report: the letters, the colour, nothing of both. Nothing else of a terminal's commands is left.
#[must_use]
pub fn painted(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return lines(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&lines(&rest[..at]));
        let length = colour(&rest[at..]);
        let (kept, after) = rest[at..].split_at(length.max(1));
        out.push_str(&if length > 0 { Cow::Borrowed(kept) } else { line(kept) });
        rest = after;
    }
    out.push_str(&lines(rest));
    Cow::Owned(out)
}

/// Bytes that need not be text, as lines: what is no UTF-8 is shown as `\x..`.
#[must_use]
pub fn bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return match file(text) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&file(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    Cow::Owned(out.into_bytes())
}

/// The characters of a text that are not shown as themselves, with their places. Line feeds, tabs and the carriage
/// returns before line feeds are what files are made of.
pub fn escaped(text: &str) -> impl Iterator<Item = (usize, char)> {
    let bytes = text.as_bytes();
    let plain = is_plain(text, |c| matches!(c, '\n' | '\t'));
    let mut hidden = Hidden::default();
    let all = text[..if plain { 0 } else { text.len() }].char_indices();
    all.filter(move |(at, c)| {
        let of_file =
            matches!(c, '\n' | '\t') || (*c == '\r' && bytes.get(at + 1).is_some_and(|next| *next == b'\n'));
        hidden.next(*c) && !of_file
    })
}

/// How a character is shown that is not shown as itself.
#[must_use]
pub fn escape(c: char) -> String {
    c.escape_unicode().to_string()
}

fn is_plain(text: &str, kept: impl Fn(char) -> bool) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') || (byte.is_ascii() && kept(char::from(byte))))
}

fn shown(text: &str, kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    if is_plain(text, &kept) {
        return Cow::Borrowed(text);
    }
    let mut hidden = Hidden::default();
    let first = text.char_indices().find(|(_, c)| hidden.next(*c) && !kept(*c));
    let Some((first, _)) = first else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    let mut hidden = Hidden::after(&text[..first]);
    for c in text[first..].chars() {
        if hidden.next(c) && !kept(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// The length of the command at the beginning of a text, if it is one that colours and hides nothing
/// (ECMA-48, 8.3.117); else 0.
fn colour(text: &str) -> usize {
    let Some(inside) = text.strip_prefix("\u{1b}[") else { return 0 };
    let Some(end) = inside.find(|c: char| !c.is_ascii_digit() && c != ';') else { return 0 };
    let mut words = inside[..end].split(';');
    // Bold, dim, italic, underlined, the colours of letters; 8 hides them, and so does a colour of their ground.
    let harmless = |word: &str| matches!(word, "" | "0" | "1" | "2" | "3" | "4" | "22" | "23" | "24" | "39");
    let letters = |word: &str| matches!(word.as_bytes(), [b'3' | b'9', b'1'..=b'7']);
    let good = words.all(|word| harmless(word) || letters(word));
    if inside[end..].starts_with('m') && good { 2 + end + 1 } else { 0 }
}

#[cfg(test)]
mod tests;
