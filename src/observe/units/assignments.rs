//! Parses `Environment=`: assignments of variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lines::Text;
use super::specifiers::Specifiers;
use super::word::{self, Rules};
use crate::observe::command::{Unknown, Unread, Word};

/// Variables by their names.
pub(super) type Variables = BTreeMap<Arc<str>, Word>;

/// Adds the variables of a line. What systemd ignores is told.
pub(super) fn assign(
    line: &Text,
    specifiers: &Specifiers<'_>,
    variables: &mut Variables,
    unread: &mut Vec<Unread>,
) {
    let mut at = 0;
    loop {
        let found = match word::next(line.text.as_bytes(), at, Rules::Escapes) {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(_) => {
                let why = "a quote is not closed or an escape is unknown, so that systemd ignores the rest";
                return unread.push(Unread::new(line.place(at), why));
            }
        };
        at = found.next;
        let place = line.place(found.from);
        let Ok(text) = String::from_utf8(found.word) else {
            unread.push(Unread::new(place, "a variable is not UTF-8, so that systemd ignores it"));
            continue;
        };
        let Ok((text, unknown)) = specifiers.replace(&text) else {
            unread
                .push(Unread::new(place, "`%` is followed by no specifier, so systemd ignores the variable"));
            continue;
        };
        let Some((name, value)) =
            text.split_once('=').filter(|(name, value)| is_name(name) && is_value(value))
        else {
            unread.push(Unread::new(place, "it assigns no variable, so that systemd ignores it"));
            continue;
        };
        let unknown =
            unknown.map(|unknown| Unknown { from: unknown.from.saturating_sub(name.len() + 1), ..unknown });
        variables.insert(name.into(), Word { text: value.into(), place, unknown });
    }
}

/// Whether systemd takes a name of a variable.
pub(super) fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether systemd takes a value of a variable.
pub(super) fn is_value(value: &str) -> bool {
    !value.chars().any(|c| c.is_ascii_control() && !matches!(c, '\n' | '\t'))
}
