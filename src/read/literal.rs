//! Values whose type is checked later: flags, settings, typed YAML.

use toml::Spanned as TomlSpanned;
use toml::de::DeValue;

use crate::source::{SourceId, Spanned};

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true`
    Boolean(bool),
    /// `1.5`
    Float(f64),
    /// `30`
    Integer(i64),
    /// `["a", "b"]`
    List(Vec<Spanned<Literal>>),
    /// `{ a = 1 }`, keys in the order of the file.
    Table(Vec<(Spanned<String>, Spanned<Literal>)>),
    /// `"a"`
    Text(String),
}

impl Literal {
    /// What the value is, in TOML's words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Literal::Boolean(_) => "a boolean",
            Literal::Float(_) => "a float",
            Literal::Integer(_) => "an integer",
            Literal::List(_) => "an array",
            Literal::Table(_) => "a table",
            Literal::Text(_) => "a string",
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Literal::Text(text) = self { Some(text) } else { None }
    }

    /// The value under `key`, if this is a table that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Spanned<Literal>> {
        let Literal::Table(entries) = self else { return None };
        entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }
}

impl Literal {
    /// Copies a parsed value, places included.
    pub(super) fn read(source: SourceId, value: &TomlSpanned<DeValue<'_>>) -> Spanned<Literal> {
        let span = source.span(value.span());
        let literal = match value.get_ref() {
            DeValue::String(text) => Literal::Text(text.to_string()),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(number) => Literal::Integer(number),
                Err(_) => Literal::Text(integer.as_str().to_owned()),
            },
            DeValue::Float(float) => match float.as_str().parse() {
                Ok(number) => Literal::Float(number),
                Err(_) => Literal::Text(float.as_str().to_owned()),
            },
            DeValue::Boolean(boolean) => Literal::Boolean(*boolean),
            DeValue::Datetime(datetime) => Literal::Text(datetime.to_string()),
            DeValue::Array(items) => {
                Literal::List(items.iter().map(|item| Self::read(source, item)).collect())
            }
            DeValue::Table(entries) => Literal::Table(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let name = Spanned::new(key.get_ref().to_string(), source.span(key.span()));
                        (name, Self::read(source, value))
                    })
                    .collect(),
            ),
        };
        Spanned::new(literal, span)
    }
}
