//! Resolves escaped characters in texts.
//!
//! The escapes are those of JSON (RFC 8259, 7), C strings and shells, percent-encoding (RFC 3986, 2.1), and HTML's
//! numeric references and line breaks.

/// Text within text within text doubles its backslashes each time.
const MOST_BACKSLASHES: usize = 8;

/// The character at `at`, and how many bytes stand for it. Every escaped line break is `\n`.
pub(super) fn character(bytes: &[u8], at: usize) -> (u8, usize) {
    let rest = &bytes[at..];
    let escaped = match rest[0] {
        b'\\' => backslash(rest),
        b'%' => digits(rest, 1, 2, 16).map(|byte| (byte, 3)),
        b'&' => reference(rest),
        b'<' => line_break(rest),
        _ => None,
    };
    escaped.unwrap_or((rest[0], 1))
}

fn backslash(rest: &[u8]) -> Option<(u8, usize)> {
    let slashes = rest.iter().take(MOST_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    Some(match rest.get(slashes)? {
        b'n' | b'r' | b'\n' | b'\r' => (b'\n', slashes + 1),
        b't' => (b'\t', slashes + 1),
        quoted @ (b'/' | b'"' | b'\'') => (*quoted, slashes + 1),
        b'u' => (digits(rest, slashes + 1, 4, 16)?, slashes + 5),
        b'x' => (digits(rest, slashes + 1, 2, 16)?, slashes + 3),
        _ => return None,
    })
}

/// `<br>`, `<br/>`
fn line_break(rest: &[u8]) -> Option<(u8, usize)> {
    let tags = [&b"<br>"[..], b"<br/>", b"<br />"];
    let is_it = |tag: &&&[u8]| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    tags.iter().find(is_it).map(|tag| (b'\n', tag.len()))
}

/// `&#43;` or `&#x2b;`
fn reference(rest: &[u8]) -> Option<(u8, usize)> {
    let number = rest.strip_prefix(b"&#")?;
    let (start, radix) = if number.first()?.eq_ignore_ascii_case(&b'x') { (1, 16) } else { (0, 10) };
    let length = number.iter().take(start + 5).position(|byte| *byte == b';')?;
    Some((digits(number, start, length.checked_sub(start)?, radix)?, length + 3))
}

fn digits(bytes: &[u8], start: usize, count: usize, radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(bytes.get(start..start + count)?).ok()?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()?.try_into().ok()
}

/// The characters from `at` on, each with the place behind it.
pub(super) fn characters(bytes: &[u8], mut at: usize) -> impl Iterator<Item = (u8, usize)> {
    std::iter::from_fn(move || {
        (at < bytes.len()).then(|| {
            let (character, length) = character(bytes, at);
            at += length;
            (character, at)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_another_character_is_resolved() {
        let text = br"a\n\\n\\\\n\u002b\x2F%2b&#43;&#x2B;\/<BR/><b>\q%zz&#;&#99999;\";
        let found: Vec<u8> = characters(text, 0).map(|(character, _)| character).collect();
        assert_eq!(found, b"a\n\n\n+/+++/\n<b>\\q%zz&#;&#99999;\\");
        assert_eq!(characters(text, 0).last().unwrap().1, text.len());
    }
}
