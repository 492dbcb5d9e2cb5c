//! Helper functions for the rules on texts.

use std::ops::Range;

use super::escape::characters;
use crate::kubernetes;

/// The most characters between a key and its value.
const GAP: usize = 64;

/// Every place where `needle` begins.
pub(super) fn places(bytes: &[u8], needle: &'static [u8]) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let first = needle[0];
        loop {
            let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
            from = at + 1;
            if bytes[at..].starts_with(needle) {
                return Some(at);
            }
        }
    })
}

pub(super) fn contains(bytes: &[u8], needle: &'static [u8]) -> bool {
    places(bytes, needle).next().is_some()
}

/// Whether no letter, digit, `-` or `_` stands before `at`, so that a word begins there.
pub(super) fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(&byte)) || is_escape(bytes, at)
}

/// Whether the byte before `at` is the letter of an escaped line break or tab.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    at >= 2 && bytes[at - 2] == b'\\' && b"nrt".contains(&bytes[at - 1])
}

/// The value that stands behind a key that ends at `at`: `key: value`, `"key": "value"`, `key = value`,
/// `--key value`, or a block of YAML. A value is of the characters that `is_part` takes.
pub(super) fn value(bytes: &[u8], at: usize, is_part: fn(u8) -> bool) -> Option<Range<usize>> {
    let mut separated = false;
    let mut start = at;
    for (character, end) in characters(bytes, at).take(GAP) {
        match character {
            b':' | b'=' | b' ' | b'\t' | b'\n' => separated = true,
            b'"' | b'\'' | b'>' | b'|' | b'\r' => {}
            // The sign of a block that loses its last line break.
            b'-' if separated && !bytes.get(end).is_some_and(|next| is_part(*next)) => {}
            _ if is_part(character) && separated => {
                let length = bytes[start..].iter().take_while(|byte| is_part(**byte)).count();
                return (length > 0).then_some(start..start + length);
            }
            _ => return None,
        }
        start = end;
    }
    None
}

/// Whether what begins at `start` is the value of `key`.
pub(super) fn is_value_of(bytes: &[u8], start: usize, key: &[u8]) -> bool {
    let before = &bytes[start.saturating_sub(GAP + key.len())..start];
    let gap = before.iter().rev().take_while(|byte| b" \t\r\n:='\"|>-\\".contains(byte)).count();
    before[..before.len() - gap].ends_with(key)
}

/// What stands before the authority of a URL.
pub(super) const SCHEME: &[u8] = b"://";

/// The password of the URL whose scheme ends with the `://` at `at`.
pub(super) fn url_password(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let authority = &bytes[at + SCHEME.len()..];
    // Whatever else stands in it Go refuses (net/url, `validUserinfo`).
    let part = |byte: &&u8| byte.is_ascii_graphic() && !b"\"'`<>\\/?#".contains(byte);
    let end = at + SCHEME.len() + authority.iter().take_while(part).count();
    let password = kubernetes::password(std::str::from_utf8(&bytes[at..end]).ok()?)?;
    Some(at + password.start..at + password.end)
}

/// Bits of information in each character, by how often each occurs (Shannon).
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    text.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let length = text.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length);
    shares.map(|share| -share * share.log2()).sum()
}

/// Whether a value looks drawn at random: it has letters and digits, and few of them twice.
pub(super) fn is_random(text: &[u8]) -> bool {
    let mixed = text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic);
    mixed && entropy(text) >= 2.8 && !is_sequence(text)
}

/// `0123456789abcdef` and the like, which documentation writes.
fn is_sequence(text: &[u8]) -> bool {
    let steps = text.windows(2).filter(|pair| pair[1].wrapping_sub(pair[0]) <= 1).count();
    steps * 2 > text.len()
}
