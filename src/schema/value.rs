//! The schema of one value, from its reader's type and the words of the reference.

use serde_json::{Value, json};

use crate::lookup::Key;
use crate::read::Takes;
use crate::values::KeyAlgorithm;

/// The pattern of a duration; which units follow which, `check` says.
const DURATION: &str = "^([0-9]+[ydhms])+$";

/// A schema with what the reference has to say of its key.
pub(super) fn described(key: &Key, schema: Value) -> Value {
    let Value::Object(mut schema) = schema else { return schema };
    let mut about = key.meaning().unwrap_or_default();
    if let Some(default) = key.default() {
        about.push_str(&format!("{}Default: {default}", if about.is_empty() { "" } else { "\n\n" }));
    }
    if !about.is_empty() {
        schema.insert("description".to_owned(), json!(about));
    }
    Value::Object(schema)
}

/// The schema of a key that is no table.
pub(super) fn value(key: &Key) -> Value {
    let kind = key.kind();
    match key.takes {
        Some(Takes::Boolean) => json!({ "type": "boolean" }),
        Some(Takes::Integer) => integer(&kind),
        Some(Takes::Text) => text(&kind),
        Some(Takes::Texts) => json!({ "type": "array", "items": text(&kind) }),
        Some(Takes::TextOrTexts) => {
            let one = text(&kind);
            json!({ "anyOf": [one, { "type": "array", "items": one }] })
        }
        Some(Takes::Any | Takes::Entries | Takes::Table | Takes::Tables) | None => json!({}),
    }
}

/// `1 to 65535`, `integer from 1`.
fn integer(kind: &str) -> Value {
    if let Some((least, most)) = kind.split_once(" to ")
        && let (Ok(least), Ok(most)) = (least.parse::<i64>(), most.parse::<i64>())
    {
        return json!({ "type": "integer", "minimum": least, "maximum": most });
    }
    match kind.strip_prefix("integer from ").and_then(|least| least.parse::<i64>().ok()) {
        Some(least) => json!({ "type": "integer", "minimum": least }),
        None => json!({ "type": "integer" }),
    }
}

fn text(kind: &str) -> Value {
    match kind {
        "duration" => json!({ "type": "string", "pattern": DURATION }),
        "kind of key" | "kinds of keys" => json!({ "enum": KeyAlgorithm::ALL.map(KeyAlgorithm::word) }),
        _ => match words(kind) {
            Some(words) => json!({ "enum": words }),
            None => json!({ "type": "string" }),
        },
    }
}

/// The words of a type that is nothing but words: "`address` or `name`".
fn words(kind: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = kind.strip_prefix("one or more of ").unwrap_or(kind).split('`').collect();
    let between = parts.iter().step_by(2).all(|part| ["", ", ", " or "].contains(part));
    let words: Vec<&str> = parts.into_iter().skip(1).step_by(2).collect();
    let chosen = |word: &str| word.chars().any(|c| c.is_ascii_uppercase());
    (between && !words.is_empty() && !words.iter().any(|word| chosen(word))).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_words_are_words() {
        assert_eq!(words("`a` or `b-c`"), Some(vec!["a", "b-c"]));
        assert_eq!(words("one or more of `a`, `b`"), Some(vec!["a", "b"]));
        assert_eq!(words("`vip.NAME` or `node.NAME`"), None);
        assert_eq!(words("string, `a`"), None);
        assert_eq!(words("string"), None);
    }

    #[test]
    fn ranges_have_their_ends() {
        assert_eq!(integer("1 to 254"), json!({ "type": "integer", "minimum": 1, "maximum": 254 }));
        assert_eq!(integer("integer from 1"), json!({ "type": "integer", "minimum": 1 }));
        assert_eq!(integer("integer"), json!({ "type": "integer" }));
    }
}
