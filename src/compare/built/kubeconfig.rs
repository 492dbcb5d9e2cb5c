//! Compares the public contents of two kubeconfigs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::line::Line;

/// What a cluster's entry says beside whom it believes.
const OF_CLUSTER: [&str; 4] = ["insecure-skip-tls-verify", "proxy-url", "server", "tls-server-name"];
const OF_CONTEXT: [&str; 3] = ["cluster", "namespace", "user"];

/// Where two kubeconfigs lead, and by which names, as far as that differs; none where it does not, or where one of both is
/// no kubeconfig.
pub(super) fn differences(before: &str, after: &str) -> Option<Vec<Line>> {
    let (old, new) = (says(before)?, says(after)?);
    let removed = old.difference(&new).map(|text| Line::Removed { text: text.clone() });
    let added = new.difference(&old).map(|text| Line::Added { text: text.clone() });
    let lines: Vec<Line> = removed.chain(added).collect();
    (!lines.is_empty()).then_some(lines)
}

fn says(text: &str) -> Option<BTreeSet<String>> {
    let root: Value = serde_saphyr::from_str(text).ok()?;
    if root.get("kind")?.as_str()? != "Config" {
        return None;
    }
    let mut all = BTreeSet::new();
    if let Some(context) = root.get("current-context") {
        all.insert(format!("current-context: {}", shown(context)));
    }
    for (list, key, fields) in [
        ("clusters", "cluster", &OF_CLUSTER[..]),
        ("contexts", "context", &OF_CONTEXT[..]),
        ("users", "user", &[]),
    ] {
        for member in root.get(list).and_then(Value::as_array).into_iter().flatten() {
            let name = member.get("name").map(shown).unwrap_or_default();
            all.insert(format!("{list}: {name}"));
            let body = member.get(key);
            let values = fields.iter().filter_map(|field| Some((*field, body?.get(field)?)));
            all.extend(values.map(|(field, value)| format!("{list}: {name}: {field}: {}", shown(value))));
        }
    }
    Some(all)
}

/// A value; of a URL that may hold a password, nothing.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('@') && text.contains('/') => "(private)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        _ => "(no text)".to_owned(),
    }
}
