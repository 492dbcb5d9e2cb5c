//! Checks configuration files against the tables of fields.

use serde_json::{Map, Number, Value as Json};

use crate::catalog::{FieldPath, FieldStep, FieldTables, Misfit};
use crate::values::Version;
use crate::yaml::{Node, Typed, Value};

/// What of a document that says what it is its program does not take. Without a version, what no version takes.
#[must_use]
pub fn misfits(tables: &FieldTables, document: &Node, version: Option<&Version>) -> Vec<Misfit> {
    tables.misfits(&json(document), version)
}

/// The line at which something stands: that of its key, or of the nearest above it that there is.
#[must_use]
pub fn line_of(document: &Node, path: &FieldPath) -> u32 {
    let (mut node, mut line) = (document, document.line);
    for step in &path.0 {
        let next = match step {
            FieldStep::Key(key) => {
                let mut entries = node.entries().iter().rev();
                entries.find(|(name, _)| name.text == *key).map(|(name, value)| (name.line, value))
            }
            FieldStep::Item(at) => node.items().get(*at).map(|item| (item.line, item)),
        };
        let Some((at, value)) = next else { break };
        (node, line) = (value, at);
    }
    line
}

/// As the decoders of Kubernetes make JSON of YAML before they read it.
#[must_use]
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::Sequence(items) => Json::Array(items.iter().map(json).collect()),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.text.clone(), json(value)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
        Value::Scalar(scalar) => match scalar.typed() {
            Typed::Null => Json::Null,
            Typed::Bool(value) => Json::Bool(value),
            Typed::Int(value) => Json::from(value),
            Typed::Float(value) => Number::from_f64(value).map_or(Json::Null, Json::Number),
            Typed::Text(text) => Json::String(text.to_owned()),
        },
    }
}
