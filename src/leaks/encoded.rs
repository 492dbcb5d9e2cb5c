//! Decodes base64, hexadecimal digits, dumps, UTF-16 and UTF-32 at any place in a file.

use zeroize::Zeroizing;

use super::archive::compressed;
use super::escape::character;
use super::layer::{Budget, Layer};
use super::leak::Encoding;

/// Digits of base64 or base64url that a part has at least: a secret has 43.
const BASE64: usize = 40;
/// Digits on a line that goes on in the next one. Words have fewer.
const BASE64_LINE: usize = 16;
/// Bytes that a part of pairs of digits has at least: those of a secret.
const HEXADECIMAL: usize = 32;
/// Characters that a part of UTF-16 or UTF-32 has at least.
const WIDE: usize = 24;
/// Characters between digits.
const GAP: usize = 16;

/// Every encoded part, as far as the budget goes.
pub(super) fn layers(bytes: &[u8], budget: &mut Budget, found: &mut dyn FnMut(&Layer, &mut Budget)) {
    let mut take = |layer: Layer| {
        if budget.take(layer.bytes.len()) {
            found(&layer, budget);
        }
    };
    base64(bytes, &mut take);
    hexadecimal(bytes, &mut take);
    dumps(bytes, &mut take);
    wide(bytes, 2, &mut take);
    wide(bytes, 4, &mut take);
    compressed(bytes, budget, found);
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// The bytes of base64 or base64url, as far as its digits go.
pub(super) fn decode_base64(digits: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 4 * 3 + 3));
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

fn base64(bytes: &[u8], found: &mut dyn FnMut(Layer)) {
    let mut at = 0;
    while at < bytes.len() {
        if !is_digit(bytes[at]) {
            at += character(bytes, at).1;
            continue;
        }
        let line = bytes[at..].iter().take_while(|byte| is_digit(**byte)).count();
        if line < BASE64_LINE {
            at += line;
            continue;
        }
        let (digits, end) = base64_lines(bytes, at);
        if digits.len() >= BASE64 {
            let bytes = decode_base64(&digits);
            found(Layer { encoding: Encoding::Base64, span: at..end, bytes });
        }
        at = end;
    }
}

/// The digits of lines that go on, and where they end.
fn base64_lines(bytes: &[u8], start: usize) -> (Zeroizing<Vec<u8>>, usize) {
    let mut digits = Zeroizing::new(Vec::new());
    let mut at = start;
    loop {
        let line = bytes[at..].iter().take_while(|byte| is_digit(**byte)).count();
        digits.extend_from_slice(&bytes[at..at + line]);
        at += line;
        if line < BASE64_LINE || bytes.get(at) == Some(&b'=') {
            return (digits, at);
        }
        match next_line(bytes, at) {
            Some(next) => at = next,
            None => return (digits, at),
        }
    }
}

/// Where the digits of the next line begin: behind a line break, quotes, an indent or the sign of a comment.
fn next_line(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut broken = false;
    for _ in 0..GAP * 4 {
        let (character, length) = character(bytes, bytes.get(at).map(|_| at)?);
        match character {
            b'\n' => broken = true,
            b' ' | b'\t' | b'\r' | b'"' | b'\'' | b',' | b'#' | b'>' | b'*' | b'|' => {}
            _ if broken && is_digit(character) => return Some(at),
            _ => return None,
        }
        at += length;
    }
    None
}

fn pair(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    Some((digit(0)? << 4 | digit(1)?) as u8)
}

/// Pairs of digits, together or apart: `30820122`, `30:82`, `0x30, 0x82`, `\x30\x82`.
fn hexadecimal(bytes: &[u8], found: &mut dyn FnMut(Layer)) {
    let mut at = 0;
    while at < bytes.len() {
        let (decoded, end) = pairs(bytes, at);
        if decoded.len() >= HEXADECIMAL {
            found(Layer { encoding: Encoding::Hexadecimal, span: at..end, bytes: decoded });
        }
        at = end.max(at + 1);
        // A word does not begin in its middle.
        if bytes[at - 1].is_ascii_alphanumeric() {
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        }
    }
}

fn pairs(bytes: &[u8], start: usize) -> (Zeroizing<Vec<u8>>, usize) {
    let mut decoded = Zeroizing::new(Vec::new());
    let (mut at, mut end) = (start, start);
    while let Some(rest) = bytes.get(at..) {
        let prefix =
            [&b"0x"[..], b"0X", b"\\x", b"\\\\x"].into_iter().find(|prefix| rest.starts_with(prefix));
        let digits = at + prefix.map_or(0, <[u8]>::len);
        let Some(byte) = bytes.get(digits..).and_then(pair) else { break };
        decoded.push(byte);
        end = digits + 2;
        at = end + bytes[end..].iter().take(GAP).take_while(|byte| b" \t\r\n:,;'\"".contains(byte)).count();
        if bytes[at.min(bytes.len())..].starts_with(b"\\n") {
            at += 2;
        }
    }
    (decoded, end)
}

/// What `xxd`, `hexdump -C` and `od -t x1` print: a place, up to 16 bytes, and what they look like.
fn dumps(bytes: &[u8], found: &mut dyn FnMut(Layer)) {
    let mut decoded = Zeroizing::new(Vec::new());
    let (mut start, mut at) = (0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n').chain([&b""[..]]) {
        let row = dumped(line);
        if row.is_empty() {
            if decoded.len() >= HEXADECIMAL {
                let bytes = std::mem::take(&mut decoded);
                found(Layer { encoding: Encoding::Hexadecimal, span: start..at, bytes });
            }
            decoded.clear();
        } else if decoded.is_empty() {
            start = at;
        }
        decoded.extend_from_slice(&row);
        at += line.len();
    }
}

fn dumped(line: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut row = Zeroizing::new(Vec::with_capacity(GAP));
    let place = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let behind = match line.get(place) {
        Some(b':') => place + 1,
        Some(b' ') => place,
        _ => return row,
    };
    if !(6..=16).contains(&place) || line.get(behind) != Some(&b' ') {
        return row;
    }
    let mut at = behind;
    while row.len() < GAP {
        at += line[at..].iter().take(2).take_while(|byte| **byte == b' ').count();
        let Some(byte) = line.get(at..).and_then(pair) else { break };
        row.push(byte);
        at += 2;
    }
    row
}

/// Printable characters, each as wide as this with zeros behind or before it.
fn wide(bytes: &[u8], width: usize, found: &mut dyn FnMut(Layer)) {
    let text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    for (first, rest) in [(0, 1..width), (width - 1, 0..width - 1)] {
        let mut at = 0;
        while at + 1 < bytes.len() {
            let unit = |unit: &&[u8]| text(unit[first]) && unit[rest.clone()].iter().all(|byte| *byte == 0);
            let units = bytes[at..].chunks_exact(width).take_while(unit).count();
            let span = at..at + width * units;
            at = span.end.max(at + 1);
            if units >= WIDE {
                let text = bytes[span.clone()].chunks_exact(width).map(|unit| unit[first]).collect();
                let encoding = if width == 2 { Encoding::Utf16 } else { Encoding::Utf32 };
                found(Layer { encoding, span, bytes: Zeroizing::new(text) });
            }
        }
    }
}
