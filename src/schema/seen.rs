//! The schema of `[skew]`, `[program]` and `[seen]` of components, derived from their readers.

use serde_json::{Map, Value, json};

use crate::catalog::{OF_SKEW, REACHES, SeenTable, Wanted, seen_tables};

/// `[skew]`
pub(super) fn skews() -> Value {
    let number = json!({ "type": "integer", "minimum": 0 });
    let limit = json!({ "anyOf": [number, { "type": "object", "additionalProperties": number }] });
    let (limits, [reach]) = OF_SKEW;
    let mut properties: Map<String, Value> =
        limits.iter().map(|key| ((*key).to_owned(), limit.clone())).collect();
    properties.insert(reach.to_owned(), json!({ "enum": REACHES }));
    let one = json!({ "type": "object", "properties": properties, "required": limits, "additionalProperties": false });
    json!({ "type": "object", "additionalProperties": one })
}

/// `[program]`
pub(super) fn program() -> Value {
    let tables = seen_tables();
    tables.iter().find(|table| table.kind.is_none()).map(of).unwrap_or_default()
}

/// `[seen]`
pub(super) fn seen() -> Value {
    let tables = seen_tables();
    let kinds = tables.iter().filter_map(|table| {
        let one = of(table);
        let by_name = json!({ "type": "object", "additionalProperties": one });
        Some((table.kind?.to_owned(), if table.by_name { by_name } else { one }))
    });
    let kinds: Map<String, Value> = kinds.collect();
    json!({ "type": "object", "properties": kinds, "additionalProperties": false })
}

fn of(table: &SeenTable) -> Value {
    let properties: Map<String, Value> =
        table.keys.iter().map(|(key, wanted)| ((*key).to_owned(), value(wanted))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn value(wanted: &Wanted) -> Value {
    match wanted {
        Wanted::Boolean => json!({ "type": "boolean" }),
        Wanted::Goal => json!({ "type": "string", "pattern": "\\." }),
        Wanted::Slot => json!({ "type": ["string", "array", "object"] }),
        Wanted::Text => json!({ "type": "string" }),
        Wanted::Texts => {
            let one = json!({ "type": ["string", "boolean", "integer"] });
            json!({ "anyOf": [one, { "type": "array", "items": one }] })
        }
        Wanted::Words(words) => json!({ "enum": words }),
    }
}
