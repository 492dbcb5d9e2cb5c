//! Converts the keys of a file, as a tree, into a schema.

use serde_json::{Map, Value, json};

use super::value::{described, value};
use crate::lookup::{Key, keys};
use crate::read::{ANY_NAME, FileKind, Takes};

/// What takes the place of a key's schema, where the catalog at hand or a later stage knows more.
pub(super) trait Special {
    /// By the key's way from the top of its file; none: what its reader takes.
    fn instead(&self, key: &Key, tree: &Tree) -> Option<Value>;
}

/// All keys of a kind of file.
pub(super) struct Tree {
    keys: Vec<Key>,
}

impl Tree {
    pub(super) fn of(file: FileKind) -> Self {
        Self { keys: keys(file) }
    }

    /// The schema of the table at `path`, of which only the keys are allowed that are known.
    pub(super) fn table(&self, path: &[&'static str], special: &dyn Special) -> Map<String, Value> {
        let mut table = Map::new();
        table.insert("type".to_owned(), json!("object"));
        let keys: Vec<&Key> = self.below(path).collect();
        let properties: Map<String, Value> =
            keys.iter().map(|key| (key.path[path.len()].to_owned(), self.schema(key, special))).collect();
        table.insert("properties".to_owned(), Value::Object(properties));
        let required: Vec<&str> =
            keys.iter().filter(|key| key.required).map(|key| key.path[path.len()]).collect();
        if !required.is_empty() {
            table.insert("required".to_owned(), json!(required));
        }
        table.insert("additionalProperties".to_owned(), json!(false));
        table
    }

    fn schema(&self, key: &Key, special: &dyn Special) -> Value {
        let instead = special.instead(key, self);
        described(key, instead.unwrap_or_else(|| self.plain(key, special)))
    }

    /// What the reader takes, and no more is known.
    fn plain(&self, key: &Key, special: &dyn Special) -> Value {
        match key.takes {
            Some(Takes::Table) => Value::Object(self.table(&key.path, special)),
            Some(Takes::Tables) => {
                let inner = [&key.path[..], &[ANY_NAME]].concat();
                json!({ "type": "object", "additionalProperties": self.table(&inner, special) })
            }
            Some(Takes::Entries) => json!({ "type": "object" }),
            _ => value(key),
        }
    }

    /// The keys that stand directly in a table.
    fn below<'t>(&'t self, path: &'t [&'static str]) -> impl Iterator<Item = &'t Key> {
        self.keys.iter().filter(move |key| key.path.len() == path.len() + 1 && key.path.starts_with(path))
    }
}
