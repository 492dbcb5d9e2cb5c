//! The schema of flags in plans.

use serde_json::{Map, Value, json};

use crate::catalog::{FlagKind, FlagLife, FlagTable};
use crate::lookup::FlagWords;

/// What `flags.set` or `flags.append` takes: every flag that some version knows, with its type. What a version does not
/// know, `check` says.
pub(super) fn values(table: &FlagTable) -> Value {
    let flags: Map<String, Value> = table.lives().map(|flag| (flag.name.to_owned(), value(&flag))).collect();
    json!({ "type": "object", "properties": flags })
}

/// What `flags.unset` takes.
pub(super) fn names(table: &FlagTable) -> Value {
    let names: Vec<&str> = table.names().collect();
    json!({ "type": "array", "items": super::words::suggested(&names) })
}

/// A value may be written as a text whatever the flag takes, and with `override` beside it as a table.
fn value(flag: &FlagLife<'_>) -> Value {
    let mut types = Vec::new();
    for (_, kind, repeated) in &flag.kinds {
        let more: &[&str] = match (kind, repeated) {
            (FlagKind::Bool, false) => &["boolean"],
            (FlagKind::Int | FlagKind::Port, false) => &["integer"],
            (FlagKind::Float, false) => &["number"],
            _ => &["boolean", "number", "array"],
        };
        types.extend(more.iter().filter(|one| !types.contains(*one)).copied().collect::<Vec<_>>());
    }
    types.extend(["string", "object"]);
    json!({ "type": types, "description": about(flag) })
}

fn about(flag: &FlagLife<'_>) -> String {
    let words = FlagWords::of(flag);
    match words.remarks() {
        Some(remarks) => format!("{}; {remarks}", words.takes),
        None => words.takes,
    }
}
