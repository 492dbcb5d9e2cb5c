//! Checks values of flags as programs written in Go do.

use std::net::IpAddr;

use crate::catalog::FlagKind;

/// Whether a flag of a kind takes a value. What only the program itself looks into is taken.
pub(super) fn fits(kind: FlagKind, text: &str) -> bool {
    match kind {
        FlagKind::Bool => boolean(text).is_some(),
        FlagKind::Int => integer(text).is_some(),
        FlagKind::Port => integer(text).is_some_and(|port| (0..=65_535).contains(&port)),
        FlagKind::Duration => duration(text),
        FlagKind::Float => text.parse::<f64>().is_ok(),
        FlagKind::Ip => text.trim().parse::<IpAddr>().is_ok(),
        FlagKind::Map => text.is_empty() || text.split(',').all(|pair| pair.is_empty() || pair.contains('=')),
        FlagKind::Cidr | FlagKind::File | FlagKind::List | FlagKind::Path | FlagKind::String => true,
    }
}

/// A switch as Go's `strconv.ParseBool` reads it.
#[must_use]
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// An integer as Go's `strconv.ParseInt` reads it with base 0.
fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, body) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, &*lower),
    };
    // An underscore stands between digits, or between the base and a digit.
    let body = if radix == 10 { body } else { body.strip_prefix('_').unwrap_or(body) };
    let parts: Vec<&str> = body.split('_').collect();
    if !parts.iter().all(|part| !part.is_empty() && part.chars().all(|c| c.is_digit(radix))) {
        return None;
    }
    i64::try_from(i128::from_str_radix(&parts.concat(), radix).ok()? * sign).ok()
}

/// Whether Go's `time.ParseDuration` takes it: `1h30m`, `1.5s`, `-10ms`, `0`.
fn duration(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if text == "0" {
        return true;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(number);
        if !digits.contains(|c: char| c.is_ascii_digit()) || digits.matches('.').count() > 1 {
            return false;
        }
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        if !["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(&unit) {
            return false;
        }
        rest = after;
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("1h30m", true),
            ("1.5s", true),
            (".5s", true),
            ("0", true),
            ("-10ms", true),
            ("1", false),
            ("s", false),
            ("", false),
            ("1.s", true),
            (".s", false),
            ("1d", false),
        ] {
            assert_eq!(fits(FlagKind::Duration, text), expected, "{text}");
        }
        for (text, expected) in [("T", true), ("yes", false), ("", false), ("False", true)] {
            assert_eq!(fits(FlagKind::Bool, text), expected, "{text}");
        }
        assert_eq!(integer("0x1f"), Some(31));
        assert_eq!(integer("010"), Some(8));
        assert_eq!(integer("08"), None);
        assert_eq!(integer("1_000"), Some(1000));
        assert_eq!((integer("0x_1f"), integer("0_7")), (Some(31), Some(7)));
        assert_eq!((integer("1__0"), integer("_1"), integer("1_")), (None, None, None));
        assert!(!fits(FlagKind::Port, "70000"));
    }
}
