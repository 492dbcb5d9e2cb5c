//! Writes values in TOML syntax.

use std::collections::BTreeSet;

use crate::printable;

/// A basic string; characters that nobody would see are escaped.
pub(super) fn quoted(text: &str) -> String {
    let hidden: BTreeSet<usize> = printable::escaped(text).map(|(at, _)| at).collect();
    let mut out = String::from("\"");
    for (at, c) in text.char_indices() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if !c.is_control() && !hidden.contains(&at) => out.push(c),
            c if u32::from(c) > 0xffff => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// A list of strings.
pub(super) fn list<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(&item.to_string())).collect();
    format!("[{}]", items.join(", "))
}

/// A key, in quotes where it has to be.
pub(super) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

/// A text as the number or the switch that it may be: kubeadm writes all values of flags as texts.
pub(super) fn value(text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()));
    let is_number = !digits.is_empty() && canonical && text.parse::<i64>().is_ok();
    if is_number || text == "true" || text == "false" { text.to_owned() } else { quoted(text) }
}

/// A text on one line, as a comment or a message has it.
pub(super) fn one_line(text: &str) -> String {
    printable::line(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_escaped() {
        assert_eq!(quoted("a\u{202e}\u{e0041}\u{7f}\r\n\"\\"), r#""a\u202E\U000E0041\u007F\u000D\n\"\\""#);
        assert_eq!(quoted("Zürich 漢字"), "\"Zürich 漢字\"");
    }
}
