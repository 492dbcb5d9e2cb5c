//! The expression language of the catalog: conditions, values and texts.
//!
//! There are three kinds of strings, and the key determines which kind a string is:
//! - a *condition* (`when`) is an expression without braces;
//! - a *value* that is exactly one `{{ ... }}` keeps the type of its expression;
//! - any other string is a *text*: a template whose result is a string.
//!
//! Names are checked against a [`Schema`] when the catalog is loaded, so a misspelt name is an error at its location
//! even if no node ever evaluates it. An undefined result is an error, never an empty string. This is the only module
//! that uses minijinja.

mod engine;
mod evaluate;
mod failure;
mod filters;
mod lower;
mod names;
mod operators;
mod parse;
mod program;
mod record;
mod schema;
mod size;
mod template;
#[cfg(test)]
mod tests;

pub use engine::{Compiled, Engine};
pub use failure::{Failure, FailureKind};
pub use minijinja::Value;
pub use names::Name;
pub use record::{Record, list, text, texts};
pub use schema::Schema;

/// The items of a list value, or the value alone.
#[must_use]
pub fn items(value: &Value) -> Vec<Value> {
    if value.as_str().is_some() {
        return vec![value.clone()];
    }
    match value.try_iter() {
        Ok(iter) if value.kind() != minijinja::value::ValueKind::Map => iter.collect(),
        _ => vec![value.clone()],
    }
}

/// A name as expressions write it: TOML's `-` and `.` would mean something else there.
#[must_use]
pub fn field(name: &str) -> String {
    name.replace(['-', '.'], "_")
}

/// Whether the value is `none`, which means: leave it out.
#[must_use]
pub fn is_none(value: &Value) -> bool {
    value.is_none()
}

/// The value as text, as programs write it: `true`, `1`, lists joined by commas.
#[must_use]
pub fn to_text(value: &Value) -> String {
    use minijinja::value::ValueKind;
    match value.kind() {
        ValueKind::Bool => if value.is_true() { "true" } else { "false" }.to_owned(),
        ValueKind::Seq | ValueKind::Iterable => {
            items(value).iter().map(to_text).collect::<Vec<_>>().join(",")
        }
        ValueKind::None | ValueKind::Undefined => String::new(),
        _ => value.to_string(),
    }
}

/// The value as a tree that serialises with its keys in the order they were written.
#[must_use]
pub fn to_json(value: &Value) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}

/// The value of a tree, the other way round; null is none.
#[must_use]
pub fn from_json(tree: &serde_json::Value) -> Value {
    match tree {
        serde_json::Value::Array(items) => list(items.iter().map(from_json)),
        serde_json::Value::Bool(boolean) => Value::from(*boolean),
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::from(number.as_f64()), Value::from)
        }
        serde_json::Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), from_json(value))).collect::<Record>().build()
        }
        serde_json::Value::String(text) => Value::from(text.as_str()),
    }
}
