//! Splits command lines in units, environment files and scripts into flags, so that flags are compared one by one.

/// What may stand around a word: `"` in a unit, `\"` in a variable's value, which itself is in quotes.
const QUOTES: [&str; 3] = ["\\\"", "\"", "'"];

/// Programs' arguments each on a line of its own.
pub(super) fn flag_by_flag(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let mut from = 0;
        for at in flags_of(line) {
            let head = &line[from..at];
            if !head.trim().is_empty() {
                apart.push_str(head.trim_end_matches(' '));
                apart.push_str("\n ");
                from = at;
            }
        }
        apart.push_str(&line[from..]);
    }
    apart
}

/// Where the flags of a line begin, with their quotes.
fn flags_of(line: &str) -> Vec<usize> {
    let (mut found, mut quote) = (Vec::new(), None);
    let (mut at, mut begins) = (0, true);
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let here = QUOTES.iter().copied().find(|quote| rest.starts_with(quote));
        if begins && rest[here.map_or(0, str::len)..].starts_with("--") {
            found.push(at);
        }
        let step = here.map_or(c.len_utf8(), str::len);
        match (quote, here) {
            (None, Some(_)) if begins => quote = here,
            (Some(_), Some(_)) if quote == here => quote = None,
            _ => {}
        }
        // What stands right behind `NAME=` encloses words, and is not around one of them.
        let encloses = here == Some("\"") && quote.is_none() && line[..at].ends_with('=');
        begins = quote.is_none() && (c == ' ' || encloses);
        // A backslash stands for the character behind it.
        at += if c == '\\' && here.is_none() {
            1 + rest[1..].chars().next().map_or(0, char::len_utf8)
        } else {
            step
        };
    }
    found
}

/// A flag of a line: `--name=value`, also in quotes, and with the sign that the command goes on or the quote that ends it.
pub(super) fn flag(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_end_matches('\\').trim_end();
    let quoted = QUOTES.iter().find_map(|quote| Some((quote, line.strip_prefix(quote)?)));
    let word = match quoted {
        Some((quote, word)) => {
            let inner = word.strip_suffix(quote).or_else(|| word.strip_suffix('"')?.strip_suffix(quote));
            inner.unwrap_or(word)
        }
        None => line.trim_end_matches('"'),
    };
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (name.len() > 2 && name.starts_with("--") && name.chars().all(plain)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_argument_gets_a_line() {
        for (text, apart) in [
            (" --a --b", " --a\n --b"),
            ("x --a=1 y --b\n", "x\n --a=1 y\n --b\n"),
            ("A=\"--a=1 --b=2\"\n", "A=\"\n --a=1\n --b=2\"\n"),
            ("A=\"--a=1 \\\"--b=k --c\\\" --d\"\n", "A=\"\n --a=1\n \\\"--b=k --c\\\"\n --d\"\n"),
            ("x \"--a=k --b\" --c\n", "x\n \"--a=k --b\"\n --c\n"),
            ("x '--a=k --b' --c\n", "x\n '--a=k --b'\n --c\n"),
            ("x --a=it's --b\n", "x\n --a=it's\n --b\n"),
            ("x --a=\\\" --b\n", "x\n --a=\\\"\n --b\n"),
            ("no flag - at all --\n", "no flag - at all\n --\n"),
            ("ü --ä\n", "ü\n --ä\n"),
        ] {
            assert_eq!(flag_by_flag(text), apart, "{text}");
        }
    }

    #[test]
    fn a_flag_is_read_out_of_its_quotes() {
        for (line, found) in [
            ("  --a=1 \\", ("--a", "1")),
            ("--a=1\"", ("--a", "1")),
            ("  \"--a=x #\" \\", ("--a", "x #")),
            ("\\\"--a=k y\\\"", ("--a", "k y")),
            ("\\\"--a=k y\\\"\"", ("--a", "k y")),
            ("'--a=k y'", ("--a", "k y")),
            ("--a", ("--a", "")),
        ] {
            assert_eq!(flag(line), Some(found), "{line}");
        }
        for line in ["a", "--", "- --a", "--a b=c", "\"a\""] {
            assert_eq!(flag(line), None, "{line}");
        }
    }
}
