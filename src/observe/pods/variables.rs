//! Environment variables of a container, and their expansion (`$(NAME)`) in its words.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::host::Place;
use crate::observe::command::{Unknown, Unread, Word};
use crate::yaml::Node;

/// Bytes that a word can grow to: a variable may hold others, each several times.
const LONGEST: usize = 1 << 16;

/// The variables that a container's manifest sets, in their order: one may use those before it.
pub(super) fn environment(
    path: &Arc<str>,
    container: &Node,
    unread: &mut Vec<Unread>,
) -> BTreeMap<Arc<str>, Word> {
    let mut environment = BTreeMap::new();
    if let Some(from) = container.get("envFrom").filter(|from| !from.items().is_empty()) {
        let why = "its variables come from the cluster (`envFrom`), not from a file on the host";
        unread.push(Unread::new(Place::line(path, from.line), why));
    }
    for variable in container.get("env").map(Node::items).unwrap_or_default() {
        let Some(name) = variable.get("name").and_then(Node::as_str) else { continue };
        let word = match (variable.get("value"), variable.get("valueFrom")) {
            (None, Some(from)) => unknown(path, name, from),
            (Some(value), _) => match value.as_str() {
                Some(text) => expand(text, &Place::line(path, value.line), &environment),
                None => {
                    let why = format!("the value of a variable is {}, not a text", value.kind());
                    unread.push(Unread::new(Place::line(path, value.line), why));
                    continue;
                }
            },
            (None, None) => Word::new("", Place::line(path, variable.line)),
        };
        environment.insert(name.into(), word);
    }
    environment
}

fn unknown(path: &Arc<str>, name: &str, from: &Node) -> Word {
    let field = from.at(&["fieldRef", "fieldPath"]).and_then(Node::as_str);
    let why = match field {
        Some(field) => format!("`{name}` is the pod's `{field}`, which only the running pod knows"),
        None => format!("`{name}` comes from the cluster"),
    };
    let unknown = Some(Unknown { from: 0, why: why.into() });
    Word { text: "".into(), place: Place::line(path, from.line), unknown }
}

/// A word with `$(NAME)` replaced where the variable is set; `$$` is a dollar sign. What is not set stays as it is
/// (k8s.io/kubernetes/third_party/forked/golang/expansion).
pub(super) fn expand(text: &str, place: &Place, environment: &BTreeMap<Arc<str>, Word>) -> Word {
    let mut made = String::with_capacity(text.len());
    let mut unknown = None;
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, dollar) = rest.split_at(at);
        made.push_str(before);
        let after = dollar.get(1..).unwrap_or_default();
        if let Some(after) = after.strip_prefix('$') {
            made.push('$');
            rest = after;
            continue;
        }
        let name = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        let Some((name, after)) = name else {
            made.push('$');
            rest = after;
            continue;
        };
        rest = after;
        match environment.get(name) {
            None => made.extend(["$(", name, ")"]),
            Some(word) => match &word.unknown {
                Some(why) if unknown.is_none() => {
                    let known = word.text.get(..why.from).unwrap_or_default();
                    made.push_str(known);
                    unknown = Some(Unknown { from: made.len(), why: Arc::clone(&why.why) });
                    made.extend(["$(", name, ")"]);
                }
                _ => made.push_str(&word.text),
            },
        }
        if made.len() > LONGEST {
            let why = "the word is too long".into();
            unknown = unknown.or(Some(Unknown { from: 0, why }));
            rest = "";
        }
    }
    made.push_str(rest);
    Word { text: made.into(), place: place.clone(), unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the table in expansion_test.go has it.
    #[test]
    fn names_in_parentheses_are_replaced_where_they_are_set() {
        let place = Place::file("/m");
        let words = [("A", "a"), ("B", "b c"), ("EMPTY", "")];
        let environment = words.map(|(name, value)| (Arc::from(name), Word::new(value, place.clone())));
        let environment = environment.into_iter().collect();
        for (text, expected) in [
            ("$(A)", "a"),
            ("x-$(A)-$(B)", "x-a-b c"),
            ("$(NOPE)", "$(NOPE)"),
            ("$$(A)", "$(A)"),
            ("$$$(A)", "$a"),
            ("$$$$(A)", "$$(A)"),
            ("$(A", "$(A"),
            ("$A $", "$A $"),
            ("$(EMPTY)", ""),
            ("$()", "$()"),
            ("${A}", "${A}"),
        ] {
            assert_eq!(expand(text, &place, &environment).known(), Some(expected), "{text}");
        }
    }
}
