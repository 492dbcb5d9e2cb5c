//! The spelling of strings, digests, instants and keys in a lock.

use std::borrow::Cow;

use crate::values::{Instant, Serial};

/// Whether `c` is written as an escape. Beside what TOML demands these are the characters that show
/// nothing or turn the order of others: a lock is reviewed by eye.
fn is_escaped(c: char) -> bool {
    matches!(c,
        '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether all of `text` stands for itself in a string; written to be vectorized.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |b: u8| (0x20..0x7f).contains(&b) & (b != b'"') & (b != b'\\');
    text.bytes().fold(true, |all, b| all & plain(b))
}

/// Appends `text` as the inside of a basic string.
pub fn escape(out: &mut String, text: &str) {
    if is_plain(text) {
        return out.push_str(text);
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if is_escaped(c) => {
                let code = u32::from(c);
                out.push_str("\\u");
                (0..4)
                    .rev()
                    .for_each(|i| out.push(char::from(b"0123456789ABCDEF"[(code >> (4 * i)) as usize & 15])));
            }
            c => out.push(c),
        }
    }
}

/// What the inside of a basic string means; none if it is not spelt as [`escape`] spells it.
pub(super) fn unescape(inside: &str) -> Option<Cow<'_, str>> {
    if is_plain(inside) {
        return Some(Cow::Borrowed(inside));
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(escape) = rest.find('\\') {
        text.push_str(&rest[..escape]);
        let after = &rest[escape + 1..];
        let (c, length) = match after.bytes().next()? {
            b'u' => (char::from_u32(u32::from_str_radix(after.get(1..5)?, 16).ok()?)?, 5),
            b => (char::from(b), 1),
        };
        text.push(c);
        rest = after.get(length..)?;
    }
    text.push_str(rest);
    let mut again = String::with_capacity(inside.len());
    escape(&mut again, &text);
    (again == inside).then_some(Cow::Owned(text))
}

/// Whether `text` needs no quotes as a key.
pub(super) fn is_bare(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Appends bytes as lower-case hexadecimal digits.
pub(super) fn hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Bytes from exactly as many lower-case hexadecimal digits as they need.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    unhex_into(text, &mut bytes)?;
    Some(bytes)
}

fn unhex_into(text: &str, bytes: &mut [u8]) -> Option<()> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let digits = text.as_bytes();
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(())
}

/// A serial number of 1 to 20 bytes.
pub(super) fn serial(text: &str) -> Option<Serial> {
    let mut bytes = [0; 20];
    let bytes = bytes.get_mut(..text.len() / 2)?;
    unhex_into(text, bytes)?;
    Serial::new(bytes)
}

/// Whether `text` is an identity of `digits` lower-case hexadecimal digits.
pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// An instant as `2026-11-23T01:00:00Z` and in no other spelling.
pub(super) fn instant(text: &str) -> Option<Instant> {
    let shape = text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    shape.then(|| text.parse().ok())?
}

/// A generation, counted from 1, without leading zeros.
pub(super) fn generation(text: &str) -> Option<u32> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    canonical.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_and_other_spellings_do_not() {
        for text in
            ["", "plain", "a\"b\\c", "é ü 漢字 🦀", "\0\t\n\r\u{1f}\u{7f}\u{85}", "\u{202e}abc\u{feff}"]
        {
            let mut written = String::new();
            escape(&mut written, text);
            assert_eq!(unescape(&written).as_deref(), Some(text), "{written}");
            let document = format!("x = \"{written}\"");
            let table = toml::de::DeTable::parse(&document).unwrap();
            assert_eq!(table.get_ref()["x"].get_ref().as_str(), Some(text), "{written}");
        }
        for other in
            ["a\"b", "a\nb", "\\n", "\\u000a", "\\u0041", "\\U0000000A", "\\", "\\u00", "\\é", "\u{202e}"]
        {
            assert_eq!(unescape(other), None, "{other}");
        }
    }

    #[test]
    fn values_have_one_spelling() {
        assert_eq!(unhex::<2>("00ff"), Some([0, 255]));
        for bad in ["00f", "00FF", "00ff0", "é0f"] {
            assert_eq!(unhex::<2>(bad), None, "{bad}");
        }
        assert_eq!(serial("00ff"), Serial::new(&[0, 255]));
        for bad in ["", "0", "00f", "00FF", &"00".repeat(21)] {
            assert_eq!(serial(bad), None, "{bad}");
        }
        assert_eq!(generation("10"), Some(10));
        for bad in ["", "0", "01", "+1", "-1", "4294967296"] {
            assert_eq!(generation(bad), None, "{bad}");
        }
        assert!(instant("2026-11-23T01:00:00Z").is_some());
        for bad in
            ["2026-11-23 01:00:00Z", "2026-11-23t01:00:00Z", "2026-11-23T01:00:00z", "2026-11-23T01:00Z"]
        {
            assert!(instant(bad).is_none(), "{bad}");
        }
    }
}
