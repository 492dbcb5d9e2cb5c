//! Suggests a line in place of a value of the wrong type.

use toml::de::DeValue;

/// The line as it should be, where the value says what is meant.
pub(super) fn instead(key: &str, wanted: &str, value: &DeValue<'_>) -> Option<String> {
    match (wanted, value) {
        ("an array of strings", DeValue::String(text)) if is_plain(text) => {
            Some(format!("write `{key} = [\"{text}\"]`"))
        }
        ("an integer", DeValue::String(text)) if text.parse::<i64>().is_ok() => {
            Some(format!("write `{key} = {text}`, without quotes"))
        }
        ("a boolean", DeValue::String(text)) if matches!(text.as_ref(), "true" | "false") => {
            Some(format!("write `{key} = {text}`, without quotes"))
        }
        ("a string", DeValue::Array(items)) => match items.as_ref() {
            [one] => match one.get_ref() {
                DeValue::String(text) if is_plain(text) => Some(format!("write `{key} = \"{text}\"`")),
                _ => None,
            },
            _ => None,
        },
        ("a string", DeValue::Integer(number)) => Some(format!("write `{key} = \"{}\"`", number.as_str())),
        ("a string", DeValue::Float(number)) => Some(format!("write `{key} = \"{}\"`", number.as_str())),
        ("a string", DeValue::Boolean(value)) => Some(format!("write `{key} = \"{value}\"`")),
        _ => None,
    }
}

/// Whether a text stands in quotes as it is.
fn is_plain(text: &str) -> bool {
    text.len() < 100 && !text.contains(['"', '\\']) && !text.contains(char::is_control)
}
