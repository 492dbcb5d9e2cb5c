//! Compares YAML documents value by value.

use std::collections::BTreeMap;

use serde_json::Value;

use super::line::Line;
use super::placeholders::Placeholders;

/// What differs between two structures, value by value; none where one of them is no structure.
pub(super) fn differences(before: &str, after: &str, placeholders: &Placeholders) -> Option<Vec<Line>> {
    let (old, new) = (documents(before)?, documents(after)?);
    let several = old.len().max(new.len()) > 1;
    let value = |name: &str, before: Option<&str>, after: Option<&str>| {
        // A flag may stand several times, and then has a number behind it.
        let name = name.split_once('\0').map_or(name, |(name, _)| name);
        Line::value(name, before, after, placeholders)
    };
    let mut lines = Vec::new();
    let (mut old, mut new) = (old, new);
    if several {
        // A document that comes or goes as a whole is reported by its name.
        let names = |documents: &[Value]| documents.iter().map(named).collect::<Vec<_>>();
        let (was, is) = (names(&old), names(&new));
        let gone = was.iter().filter(|name| !is.contains(name));
        lines.extend(gone.map(|name| Line::Removed { text: name.clone() }));
        lines.extend(
            is.iter().filter(|name| !was.contains(name)).map(|name| Line::Added { text: name.clone() }),
        );
        old.retain(|document| is.contains(&named(document)));
        new.retain(|document| was.contains(&named(document)));
    }
    let (old, new) = (flatten(&old, several), flatten(&new, several));
    for (name, was) in &old.order() {
        match new.values.get(*name).map(|(_, value)| value) {
            Some(is) if is == *was => {}
            Some(is) => lines.push(value(name, Some(was), Some(is))),
            None => lines.push(value(name, Some(was), None)),
        }
    }
    for (name, is) in &new.order() {
        if !old.values.contains_key(*name) {
            lines.push(value(name, None, Some(is)));
        }
    }
    Some(lines)
}

/// The documents of a text; none where one of them is no mapping: then it is no YAML that somebody wrote as such.
fn documents(text: &str) -> Option<Vec<Value>> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).ok()?;
    (!documents.is_empty() && documents.iter().all(Value::is_object)).then_some(documents)
}

/// Values by their paths, which remember their order.
#[derive(Default)]
struct Flat {
    values: BTreeMap<String, (usize, String)>,
}

impl Flat {
    fn order(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<_> = self.values.iter().collect();
        all.sort_by_key(|(_, (position, _))| *position);
        all.into_iter().map(|(name, (_, value))| (name.as_str(), value.as_str())).collect()
    }

    fn put(&mut self, name: String, value: String) {
        let position = self.values.len();
        self.values.insert(name, (position, value));
    }
}

fn flatten(documents: &[Value], several: bool) -> Flat {
    let mut flat = Flat::default();
    for document in documents {
        let above = if several { format!("{} ", named(document)) } else { String::new() };
        walk(&above, document, &mut flat);
    }
    flat
}

/// `Role/admin`
fn named(document: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}/{}", text(&document["kind"]), text(&document["metadata"]["name"]))
}

fn walk(path: &str, value: &Value, flat: &mut Flat) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let dot = if path.is_empty() || path.ends_with(' ') { "" } else { "." };
                walk(&format!("{path}{dot}{key}"), value, flat);
            }
        }
        Value::Array(items) if items.iter().any(is_flag) => arguments(path, items, flat),
        Value::Array(items) if !items.is_empty() && items.iter().all(|item| item["name"].is_string()) => {
            for item in items {
                walk(&format!("{path}[{}]", item["name"].as_str().unwrap_or_default()), item, flat);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (position, item) in items.iter().enumerate() {
                walk(&format!("{path}[{position}]"), item, flat);
            }
        }
        Value::String(text) => flat.put(path.to_owned(), text.clone()),
        other => flat.put(path.to_owned(), other.to_string()),
    }
}

fn is_flag(item: &Value) -> bool {
    item.as_str().is_some_and(|text| text.starts_with("--"))
}

/// A command line: each flag by its name, whatever stands before them as a list.
fn arguments(path: &str, items: &[Value], flat: &mut Flat) {
    let (flags, others): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| is_flag(item));
    if !others.is_empty() {
        let others: Vec<String> = others.into_iter().map(ToString::to_string).collect();
        flat.put(path.to_owned(), format!("[{}]", others.join(", ")));
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for flag in flags.into_iter().filter_map(Value::as_str) {
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        let count = seen.entry(name).or_insert(0);
        let own = if *count == 0 { name.to_owned() } else { format!("{name}\0{count}") };
        *count += 1;
        flat.put(own, value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(before: &str, after: &str) -> Option<Vec<String>> {
        Some(differences(before, after, &Placeholders::default())?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn named_items_keep_their_names() {
        let before =
            "clusters:\n- name: a\n  cluster: { server: one }\n- name: b\n  cluster: { server: two }\n";
        let after = "clusters:\n- name: b\n  cluster: { server: three }\n";
        assert_eq!(
            reported(before, after).unwrap(),
            [
                "- clusters[a].name=a",
                "- clusters[a].cluster.server=one",
                "clusters[b].cluster.server: two -> three"
            ]
        );
    }

    #[test]
    fn commands_are_reported_flag_by_flag() {
        let before = "spec:\n  command: [etcd, --a=1, --m=x, --m=y]\n";
        let after = "spec:\n  command: [etcd, --a=2, --m=x, --m=z, --n=3]\n";
        assert_eq!(reported(before, after).unwrap(), ["--a: 1 -> 2", "--m: y -> z", "+ --n=3"]);
    }

    #[test]
    fn documents_are_reported_by_kind_and_name() {
        let one = |value: u8| format!("kind: Role\nmetadata: {{ name: r }}\nx: {value}\n---\nkind: Other\n");
        assert_eq!(reported(&one(1), &one(2)).unwrap(), ["Role/r x: 1 -> 2"]);
        let other = format!("{}---\nkind: Secret\nmetadata: {{ name: s }}\n", one(1));
        assert_eq!(reported(&one(1), &other).unwrap(), ["+ Secret/s"]);
        assert_eq!(reported(&other, &one(1)).unwrap(), ["- Secret/s"]);
    }

    #[test]
    fn texts_are_no_structures() {
        assert_eq!(reported("global\n  log /dev/log\n", "global\n"), None);
        assert_eq!(reported("[Unit]\nA=b\n", "[Unit]\nA=c\n"), None);
        assert_eq!(reported("", ""), None);
    }
}
