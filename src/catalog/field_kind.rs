//! The types of values that fields of configuration files take.

use std::ops::RangeInclusive;

use serde_json::Value as Json;

use super::flag_kind::FlagKind;

/// What a field takes, as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Whatever it is.
    Any,
    /// `true`
    Boolean,
    /// Base64 in a string.
    Bytes,
    /// Another document that says what it is; any other mapping is not looked into.
    Document,
    /// A duration as Go writes it, in a string.
    Duration,
    /// `0.5`
    Float,
    /// A number within limits, without a fraction.
    Integer(RangeInclusive<i128>),
    /// `[...]`
    List(Box<FieldKind>),
    /// `{...}` with any keys.
    Map(Box<FieldKind>),
    /// A quantity of Kubernetes: a string such as `10Mi`, or a number.
    Quantity,
    /// `"..."`
    Text,
    /// Another type of the table.
    Type(String),
}

impl FieldKind {
    /// The kind that a table calls so; what has no word of its own is the name of a type.
    pub(super) fn from_word(word: &str) -> Self {
        let inner = |ends: (char, char)| word.strip_prefix(ends.0)?.strip_suffix(ends.1);
        if let Some(item) = inner(('[', ']')) {
            return FieldKind::List(Box::new(Self::from_word(item)));
        }
        if let Some(value) = inner(('{', '}')) {
            return FieldKind::Map(Box::new(Self::from_word(value)));
        }
        match word {
            "any" => FieldKind::Any,
            "bool" => FieldKind::Boolean,
            "bytes" => FieldKind::Bytes,
            "document" => FieldKind::Document,
            "duration" => FieldKind::Duration,
            "float" => FieldKind::Float,
            "quantity" => FieldKind::Quantity,
            "string" => FieldKind::Text,
            _ => limits(word).map_or_else(|| FieldKind::Type(word.to_owned()), FieldKind::Integer),
        }
    }

    /// The name of the type that it leads to, within whatever lists and maps.
    pub(super) fn named(&self) -> Option<&str> {
        match self {
            FieldKind::List(inner) | FieldKind::Map(inner) => inner.named(),
            FieldKind::Type(name) => Some(name),
            _ => None,
        }
    }

    /// Whether a value without anything inside fits; lists, maps and types only have to be what they are.
    /// `null` is the same as nothing. A lax reader makes strings of numbers and booleans.
    pub(super) fn takes(&self, value: &Json, lax: bool) -> bool {
        let text = |fits: &dyn Fn(&str) -> bool| match value {
            Json::String(text) => fits(text),
            Json::Number(_) | Json::Bool(_) => lax,
            _ => false,
        };
        value.is_null()
            || match self {
                FieldKind::Any => true,
                FieldKind::Boolean => value.is_boolean(),
                FieldKind::Bytes | FieldKind::Text => text(&|_| true),
                FieldKind::Duration => {
                    text(&|text| FlagKind::Duration.check(text.trim_start_matches('-')).is_ok())
                }
                FieldKind::Float => value.is_number(),
                FieldKind::Integer(limits) => integer(value).is_some_and(|number| limits.contains(&number)),
                FieldKind::List(_) => value.is_array(),
                FieldKind::Document | FieldKind::Map(_) | FieldKind::Type(_) => value.is_object(),
                FieldKind::Quantity => value.is_string() || value.is_number(),
            }
    }

    /// What it takes, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            FieldKind::Any => "anything".to_owned(),
            FieldKind::Boolean => "`true` or `false`".to_owned(),
            FieldKind::Bytes => "base64 in a string".to_owned(),
            FieldKind::Duration => "a duration in a string, such as \"10s\"".to_owned(),
            FieldKind::Float => "a number".to_owned(),
            FieldKind::Integer(limits) if *limits.start() == 0 => {
                format!("an integer from 0 to {}", limits.end())
            }
            FieldKind::Integer(_) => "an integer".to_owned(),
            FieldKind::List(_) => "a list".to_owned(),
            FieldKind::Document | FieldKind::Map(_) | FieldKind::Type(_) => "a mapping".to_owned(),
            FieldKind::Quantity => "a quantity such as \"10Mi\"".to_owned(),
            FieldKind::Text => "a string".to_owned(),
        }
    }
}

/// Go's integers by their names.
fn limits(word: &str) -> Option<RangeInclusive<i128>> {
    let (bits, signed) = match word.strip_prefix('u') {
        Some(rest) => (rest.strip_prefix("int")?, false),
        None => (word.strip_prefix("int")?, true),
    };
    let bits: u32 = if bits.is_empty() {
        64
    } else {
        bits.parse().ok().filter(|bits| matches!(bits, 8 | 16 | 32 | 64))?
    };
    Some(if signed { -(1 << (bits - 1))..=(1 << (bits - 1)) - 1 } else { 0..=(1 << bits) - 1 })
}

/// A number without a fraction. YAML's `1.0` becomes JSON's `1` on its way to the program.
fn integer(value: &Json) -> Option<i128> {
    let number = value.as_number()?;
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

/// What a value is, in YAML's words.
pub(super) fn found(value: &Json) -> &'static str {
    match value {
        Json::Array(_) => "a list",
        Json::Bool(_) => "a boolean",
        Json::Null => "nothing",
        Json::Number(number) if number.is_f64() => "a number with a fraction",
        Json::Number(_) => "a number",
        Json::Object(_) => "a mapping",
        Json::String(_) => "a string",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_fit_as_go_takes_them() {
        let takes = |word: &str, value: Json| FieldKind::from_word(word).takes(&value, false);
        assert!(takes("int32", json!(2_147_483_647)) && !takes("int32", json!(2_147_483_648_u64)));
        assert!(takes("uint32", json!(0)) && !takes("uint32", json!(-1)) && !takes("int", json!(1.5)));
        assert!(takes("duration", json!("1m30s")) && !takes("duration", json!(90)));
        assert!(!takes("duration", json!("soon")) && takes("duration", json!("-1s")));
        assert!(
            takes("quantity", json!("10Mi")) && takes("quantity", json!(10)) && !takes("quantity", json!([]))
        );
        assert!(takes("[string]", json!([])) && !takes("[string]", json!("a")) && takes("{bool}", json!({})));
        assert!(takes("bool", Json::Null) && !takes("bool", json!("true")) && !takes("string", json!(1)));
        assert!(FieldKind::Text.takes(&json!(1), true) && !FieldKind::Text.takes(&json!([]), true));
        assert_eq!(FieldKind::from_word("[{Taint}]").named(), Some("Taint"));
    }
}
