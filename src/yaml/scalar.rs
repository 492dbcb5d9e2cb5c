//! Scalars, and the type that a decoder gives to each.

use zeroize::Zeroizing;

/// A scalar as it is written, escapes resolved.
#[derive(Clone, PartialEq)]
pub struct Scalar {
    pub(super) text: Zeroizing<String>,
    /// Whether it is a text whatever it looks like: quoted, a block, or tagged so.
    pub(super) is_text: bool,
}

/// What a scalar is.
#[derive(Clone, Copy, PartialEq)]
pub enum Typed<'a> {
    /// `null`, `~`, nothing at all.
    Null,
    /// `true`, `yes`, `on`, `y`
    Bool(bool),
    /// `10`, `0x1f`, `010`, which is eight.
    Int(i64),
    /// `1.5`, and integers that are too large.
    Float(f64),
    /// A text.
    Text(&'a str),
}

const NULL: &[&str] = &["", "~", "null", "Null", "NULL"];
const TRUE: &[&str] = &["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE: &[&str] = &["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];

impl Scalar {
    /// The text as it is written, whatever it is.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a decoder takes it for.
    #[must_use]
    pub fn typed(&self) -> Typed<'_> {
        let text = self.text.as_str();
        if self.is_text {
            return Typed::Text(text);
        }
        if NULL.contains(&text) {
            return Typed::Null;
        }
        if TRUE.contains(&text) {
            return Typed::Bool(true);
        }
        if FALSE.contains(&text) {
            return Typed::Bool(false);
        }
        if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            return Typed::Text(text);
        }
        if let Some(number) = integer(text) {
            return Typed::Int(number);
        }
        match float(text) {
            Some(number) => Typed::Float(number),
            None => Typed::Text(text),
        }
    }
}

/// An integer as Go reads it in any base, underscores left out.
fn integer(text: &str) -> Option<i64> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, &*lower),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()? * sign;
    i64::try_from(value).ok()
}

fn float(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    match &*plain {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let is_number = |c: char| c.is_ascii_digit() || ".eE+-".contains(c);
    (plain.contains(|c: char| c.is_ascii_digit()) && plain.chars().all(is_number))
        .then(|| plain.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        Scalar { text: Zeroizing::new(text.to_owned()), is_text: false }
    }

    /// As goyaml v2 resolves plain scalars (resolve_test.go has more).
    #[test]
    fn plain_scalars_are_what_yaml_1_1_makes_of_them() {
        let int = |text: &str| if let Typed::Int(number) = plain(text).typed() { Some(number) } else { None };
        assert_eq!(int("685_230"), Some(685_230));
        assert_eq!(int("0x_0A_74_AE"), Some(0x0a_74ae));
        assert_eq!(int("02472256"), Some(0o2_472_256));
        assert_eq!(int("-0b101010"), Some(-42));
        assert_eq!(int("10.0.0.1"), None);
        for (text, expected) in [("on", true), ("No", false), ("y", true), ("OFF", false)] {
            assert!(plain(text).typed() == Typed::Bool(expected), "{text}");
        }
        for text in ["10.0.0.1", "10.96.0.0/12", "1h", "v1", "-", "yEs", "1.2.3", "0x", "+"] {
            assert!(plain(text).typed() == Typed::Text(text), "{text}");
        }
        assert!(plain("1.5e3").typed() == Typed::Float(1500.0));
        assert!(plain("~").typed() == Typed::Null && plain("").typed() == Typed::Null);
        let quoted = Scalar { is_text: true, ..plain("true") };
        assert!(quoted.typed() == Typed::Text("true"));
    }
}
