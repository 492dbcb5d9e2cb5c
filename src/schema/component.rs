//! The schema of components in plans.

use serde_json::{Map, Value, json};

use super::flags;
use super::tree::{Special, Tree};
use super::words::Words;
use crate::lookup::{Key, settings};
use crate::plan::AtHand;
use crate::read::catalog::ComponentDocument;

/// Where the schema of any component stands.
pub(super) const ANY: &str = "component";

/// Tables of components by name, each by its definition.
pub(super) fn tables(words: &Words<'_>) -> Value {
    let known =
        words.components().into_iter().map(|name| (name.to_owned(), reference(&definition_name(name))));
    let known: Map<String, Value> = known.collect();
    let others = if words.whole { json!(false) } else { reference(ANY) };
    json!({ "type": "object", "properties": known, "additionalProperties": others })
}

/// The definitions that these refer to.
pub(super) fn definitions(words: &Words<'_>, tree: &Tree) -> Map<String, Value> {
    let table = |special: &dyn Special| Value::Object(tree.table(&["component", "*"], special));
    let mut all = Map::new();
    all.insert(ANY.to_owned(), table(&Any));
    for name in words.components() {
        let mut known = words.at_hand.documents.components.iter();
        if let Some(component) = known.find(|component| component.name.value == name) {
            let special = Known { component, at_hand: words.at_hand };
            let mut schema = table(&special);
            if let (Value::Object(schema), Some(title)) = (&mut schema, &component.title) {
                schema.insert("description".to_owned(), json!(title.value));
            }
            all.insert(definition_name(name), schema);
        }
    }
    all
}

fn definition_name(component: &str) -> String {
    format!("{ANY}.{component}")
}

pub(super) fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

/// Of a component of which nothing is known.
struct Any;

impl Special for Any {
    fn instead(&self, _: &Key, _: &Tree) -> Option<Value> {
        None
    }
}

/// Of a component of the catalog.
struct Known<'c> {
    component: &'c ComponentDocument,
    at_hand: &'c AtHand,
}

impl Special for Known<'_> {
    fn instead(&self, key: &Key, tree: &Tree) -> Option<Value> {
        let table = || {
            let name = &self.component.flag_table.as_ref()?.value;
            self.at_hand.catalog.flags.get(name)
        };
        match key.path[2..] {
            ["setting"] => Some(self.settings()),
            ["imported"] => {
                let one = || json!({ "type": "string" });
                let names = self.component.certificates.iter().map(|(name, _)| (name.value.clone(), one()));
                let names: Map<String, Value> = names.collect();
                Some(json!({ "type": "object", "properties": names, "additionalProperties": false }))
            }
            ["bundle"] => {
                let one = Value::Object(tree.table(&["component", "*", "bundle", "*"], &Any));
                let names = self.component.bundles.iter().map(|(name, _)| (name.value.clone(), one.clone()));
                let names: Map<String, Value> = names.collect();
                Some(json!({ "type": "object", "properties": names, "additionalProperties": false }))
            }
            ["flags", "set" | "append"] => Some(flags::values(table()?)),
            ["flags", "unset"] => Some(flags::names(table()?)),
            _ => None,
        }
    }
}

impl Known<'_> {
    fn settings(&self) -> Value {
        let own = settings(self.component, &self.at_hand.sources).into_iter().map(|setting| {
            let mut schema = match setting.kind.as_str() {
                "boolean" => json!({ "type": "boolean" }),
                "integer" => json!({ "type": "integer" }),
                "list" => json!({ "type": "array" }),
                "port" => json!({ "type": "integer", "minimum": 1, "maximum": 65535 }),
                _ if setting.words.is_empty() => json!({ "type": "string" }),
                _ => json!({ "enum": setting.words }),
            };
            let default = setting.default.map_or("required".to_owned(), |default| format!("`{default}`"));
            let about = setting.comment.map(|comment| format!("{comment}\n\n")).unwrap_or_default();
            if let Value::Object(schema) = &mut schema {
                schema.insert("description".to_owned(), json!(format!("{about}Default: {default}")));
            }
            (setting.name, schema)
        });
        let own: Map<String, Value> = own.collect();
        json!({ "type": "object", "properties": own, "additionalProperties": false })
    }
}
