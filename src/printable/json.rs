//! Escapes the texts of JSON output, which people read, too.

use serde_json::Value;

use super::file;

/// The same answer with all its texts as they may be printed.
#[must_use]
pub fn value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(file(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(self::value).collect(),
        Value::Object(entries) => {
            let entry = |(key, item): (String, Value)| (file(&key).into_owned(), self::value(item));
            Value::Object(entries.into_iter().map(entry).collect())
        }
        other => other,
    }
}
