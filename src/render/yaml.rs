//! Writes typed trees as YAML that readers of YAML 1.1 and 1.2 understand in the same way.

use serde_json::Value as Json;

use crate::catalog::{Reference, Tree};
use crate::diagnostics::Diagnostic;
use crate::expression::{Value, is_none, to_json};

/// How the strings of a tree become values.
pub(super) trait Fill {
    /// The value of a text or expression.
    fn text(&mut self, template: &crate::catalog::Template) -> Result<Value, Diagnostic>;
    /// The path of an artefact.
    fn path(&mut self, reference: Reference) -> Result<String, Diagnostic>;
}

/// The tree with everything filled in; what is none is left out.
pub(super) fn fill(tree: &Tree, with: &mut impl Fill) -> Result<Option<Json>, Diagnostic> {
    Ok(Some(match tree {
        Tree::Boolean(boolean) => Json::Bool(*boolean),
        Tree::Float(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Tree::Integer(number) => Json::from(*number),
        Tree::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                match fill(item, with)? {
                    Some(Json::Array(inner)) if matches!(item, Tree::Text(_)) => list.extend(inner),
                    Some(value) => list.push(value),
                    None => {}
                }
            }
            Json::Array(list)
        }
        Tree::Reference(reference) => Json::String(with.path(*reference)?),
        Tree::Table(entries) => {
            let mut map = serde_json::Map::new();
            for (key, value) in entries {
                if let Some(value) = fill(value, with)? {
                    map.insert(key.value.to_string(), value);
                }
            }
            Json::Object(map)
        }
        Tree::Text(template) => {
            let value = with.text(template)?;
            if is_none(&value) {
                return Ok(None);
            }
            to_json(&value)
        }
        Tree::When(value, when) => match with.text(when)?.is_true() {
            true => return fill(value, with),
            false => return Ok(None),
        },
    }))
}

/// Documents as one YAML text.
pub(super) fn to_text(documents: &[Json]) -> String {
    let mut all = String::new();
    for (at, document) in documents.iter().enumerate() {
        // A JSON value has string keys and finite numbers only, which YAML can always hold.
        let text = serde_saphyr::to_string(document).unwrap_or_else(|_| document.to_string());
        if at > 0 {
            all.push_str("---\n");
        }
        all.push_str(text.strip_prefix("---\n").unwrap_or(&text));
        if !text.ends_with('\n') {
            all.push('\n');
        }
    }
    all
}
