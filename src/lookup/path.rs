//! Parses paths to keys as users type them.

use crate::read::ANY_NAME;

/// The parts of a typed way: `[node.master01]` is two, and dots in quotation marks part nothing.
pub(super) fn parts(typed: &str) -> Vec<String> {
    let typed = typed.trim().trim_start_matches('[').trim_end_matches(']');
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for character in typed.chars() {
        match character {
            '"' | '\'' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(character)),
        }
    }
    parts
}

/// Whether typed parts are the way of a key. Names that the user chooses may be left out: `vip.port` is
/// `vip.NAME.port`.
pub(super) fn is(path: &[&str], typed: &[String]) -> bool {
    match (path.split_first(), typed.split_first()) {
        (None, None) => true,
        (Some((&ANY_NAME, path)), Some((_, rest))) => is(path, rest) || is(path, typed),
        (Some((&ANY_NAME, path)), None) => is(path, typed),
        (Some((part, path)), Some((written, rest))) => part == written && is(path, rest),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_left_out() {
        let path = ["node", "*", "component", "*", "flags", "set"];
        for typed in [
            "node.master01.component.kubelet.flags.set",
            "node.component.flags.set",
            "[node.\"a.b\".component.kubelet.flags.set]",
        ] {
            assert!(is(&path, &parts(typed)), "{typed}");
        }
        assert!(!is(&path, &parts("node.flags.set")));
        assert!(!is(&path, &parts("")));
    }
}
