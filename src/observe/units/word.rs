//! Splits a value into words, with quotes and escapes as in extract-word.c and escape.c of systemd.

use super::lines::BLANK;

/// How words are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Escapes of C; an unknown one is an error.
    Escapes,
    /// The same, and an unknown escape stays as it is written.
    Relaxed,
    /// A backslash stands for the character behind it; what is not closed ends with the text.
    Variable,
}

/// The word that begins at or behind `at`, and where the next one begins, which is the end of the text where there is
/// none. None where nothing is left.
///
/// # Errors
/// A quote is not closed, or an escape is unknown.
pub(super) fn next(text: &[u8], at: usize, rules: Rules) -> Result<Option<Found>, Malformed> {
    let blank = |at: usize| text.get(at).is_some_and(|byte| BLANK.contains(&char::from(*byte)));
    let mut at = at;
    while blank(at) {
        at += 1;
    }
    if at >= text.len() {
        return Ok(None);
    }
    let from = at;
    let (mut word, mut quote) = (Vec::new(), None);
    while let Some(&byte) = text.get(at) {
        if byte == b'\\' {
            at = escape(text, at, rules, quote.is_some(), &mut word)?;
            continue;
        }
        match quote {
            Some(open) if open == byte => quote = None,
            Some(_) => word.push(byte),
            None if matches!(byte, b'\'' | b'"') => quote = Some(byte),
            None if blank(at) => break,
            None => word.push(byte),
        }
        at += 1;
    }
    if quote.is_some() && rules != Rules::Variable {
        return Err(Malformed);
    }
    while blank(at) {
        at += 1;
    }
    Ok(Some(Found { word, from, next: at }))
}

/// A word that was found.
pub(super) struct Found {
    pub(super) word: Vec<u8>,
    /// Where it begins.
    pub(super) from: usize,
    /// Where the next one begins.
    pub(super) next: usize,
}

/// A quote is not closed, or an escape is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// What a backslash at `at` means; the byte behind it.
fn escape(
    text: &[u8],
    at: usize,
    rules: Rules,
    quoted: bool,
    word: &mut Vec<u8>,
) -> Result<usize, Malformed> {
    let rest = text.get(at + 1..).unwrap_or_default();
    let Some(&first) = rest.first() else {
        match rules {
            Rules::Variable => {}
            Rules::Relaxed if !quoted => word.push(b'\\'),
            Rules::Relaxed | Rules::Escapes => return Err(Malformed),
        }
        return Ok(at + 1);
    };
    if rules == Rules::Variable {
        word.push(first);
        return Ok(at + 2);
    }
    match unescaped(rest) {
        Some((Escaped::Byte(byte), length)) => {
            word.push(byte);
            Ok(at + 1 + length)
        }
        Some((Escaped::Char(c), length)) => {
            word.extend(c.encode_utf8(&mut [0; 4]).bytes());
            Ok(at + 1 + length)
        }
        None if rules == Rules::Relaxed => {
            word.extend([b'\\', first]);
            Ok(at + 2)
        }
        None => Err(Malformed),
    }
}

enum Escaped {
    Byte(u8),
    Char(char),
}

/// One escape of C behind its backslash, and its length.
fn unescaped(rest: &[u8]) -> Option<(Escaped, usize)> {
    let number = |from: usize, length: usize, radix: u32| {
        let digits = std::str::from_utf8(rest.get(from..from + length)?).ok()?;
        let is_digits = digits.chars().all(|c| c.is_digit(radix));
        u32::from_str_radix(digits, radix).ok().filter(|number| is_digits && *number != 0)
    };
    let byte = |byte: u8| Some((Escaped::Byte(byte), 1));
    match *rest.first()? {
        b'a' => byte(7),
        b'b' => byte(8),
        b'f' => byte(12),
        b'n' => byte(b'\n'),
        b'r' => byte(b'\r'),
        b't' => byte(b'\t'),
        b'v' => byte(11),
        b's' => byte(b' '),
        same @ (b'\\' | b'"' | b'\'') => byte(same),
        b'x' => Some((Escaped::Byte(u8::try_from(number(1, 2, 16)?).ok()?), 3)),
        b'u' => Some((Escaped::Char(char::from_u32(number(1, 4, 16)?)?), 5)),
        b'U' => Some((Escaped::Char(char::from_u32(number(1, 8, 16)?)?), 9)),
        b'0'..=b'7' => Some((Escaped::Byte(u8::try_from(number(0, 3, 8)?).ok()?), 3)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, rules: Rules) -> Result<Vec<String>, Malformed> {
        let (mut words, mut at) = (Vec::new(), 0);
        while let Some(found) = next(text.as_bytes(), at, rules)? {
            words.push(String::from_utf8_lossy(&found.word).into_owned());
            at = found.next;
        }
        Ok(words)
    }

    /// Vectors after those of test-extract-word.c, in words of ours.
    #[test]
    fn words_end_at_blanks_outside_quotes() {
        let escapes = |text| all(text, Rules::Escapes);
        let words = |list: &[&str]| Ok(list.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(escapes("  one \t two\n"), words(&["one", "two"]));
        assert_eq!(escapes(r#"a"b c"d 'e "f'"#), words(&["ab cd", "e \"f"]));
        assert_eq!(escapes(r#""" '' x"#), words(&["", "", "x"]));
        assert_eq!(escapes(r"\x41\s\t\101\u00e9\\"), words(&["A \tAé\\"]));
        assert_eq!(escapes(r#"'\x20' "\"" "#), words(&[" ", "\""]));
        assert_eq!(escapes("'open"), Err(Malformed));
        assert_eq!(escapes(r"\q"), Err(Malformed));
        assert_eq!(escapes(r"\x00"), Err(Malformed));
        assert_eq!(escapes(r"end\"), Err(Malformed));
    }

    #[test]
    fn unknown_escapes_stay_where_that_is_allowed() {
        let words = |list: &[&str]| Ok(list.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(all(r"a\qb \x4g", Rules::Relaxed), words(&[r"a\qb", r"\x4g"]));
        assert_eq!(all(r"end\", Rules::Relaxed), words(&[r"end\"]));
        assert_eq!(all(r"'end\", Rules::Relaxed), Err(Malformed));
        assert_eq!(all(r#"--a=b\ c "d e"#, Rules::Variable), words(&["--a=b c", "d e"]));
        assert_eq!(all(r"\n\", Rules::Variable), words(&["n"]));
    }
}
