//! The schema of a whole file.

use serde_json::{Map, Value, json};

use super::tree::{Special, Tree};
use super::words::{Words, suggested};
use super::{component, layout, seen};
use crate::diagnostics::{Code, Severity};
use crate::lookup::Key;
use crate::plan::AtHand;
use crate::read::FileKind;

/// The JSON Schema of a kind of file. The words of the catalog at hand are offered; with `whole`, where it is the plan's
/// own, there are no others.
#[must_use]
pub fn of(file: FileKind, at_hand: &AtHand, whole: bool) -> Value {
    let tree = Tree::of(file);
    let words = Words { at_hand, whole };
    let special = OfFile { file, words: &words };
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(title(file)));
    schema.extend(tree.table(&[], &special));
    if file == FileKind::Plan {
        // Files that a plan includes have the same tables, and no `format`.
        schema.remove("required");
    }
    if has_components(file) {
        let definitions = component::definitions(&words, &tree);
        schema.insert("definitions".to_owned(), Value::Object(definitions));
    }
    Value::Object(schema)
}

fn title(file: FileKind) -> String {
    match file {
        FileKind::Plan => "pkiplan: a plan".to_owned(),
        other => format!("pkiplan: {} of a catalog", other.name()),
    }
}

fn has_components(file: FileKind) -> bool {
    matches!(file, FileKind::Plan | FileKind::Profile)
}

struct OfFile<'w> {
    file: FileKind,
    words: &'w Words<'w>,
}

impl Special for OfFile<'_> {
    fn instead(&self, key: &Key, _: &Tree) -> Option<Value> {
        match self.file {
            FileKind::Plan | FileKind::Profile => self.of_plan(&key.path),
            FileKind::Component => of_component(&key.path),
            FileKind::Layout => self.of_layout(&key.path),
            FileKind::Flags => of_flags(&key.path),
            FileKind::Fields => (key.path == ["types"]).then(tables),
            FileKind::Roles => None,
        }
    }
}

impl OfFile<'_> {
    /// Profiles have some of these tables, too.
    fn of_plan(&self, path: &[&str]) -> Option<Value> {
        let words = self.words;
        let list = |items: Value| json!({ "type": "array", "items": items });
        Some(match *path {
            ["format"] => json!({ "const": 1 }),
            ["component"] | ["node" | "pool", _, "component"] => component::tables(words),
            ["components"] => list(suggested(&words.components())),
            ["external"] => return None,
            ["cluster", "profile"] => words.word(words.profiles()),
            ["cluster", "layout"] | ["layout"] => words.word(words.layouts()),
            ["cluster", "roles"] | ["node" | "pool", _, "roles"] => list(suggested(&words.roles())),
            ["vip", _, "served-by"] | ["served-by"] => words.word(words.served_by()),
            ["vip", _, "to"] | ["endpoint"] => {
                let listens = words.listens();
                suggested(&listens.iter().map(String::as_str).collect::<Vec<_>>())
            }
            ["authority", _, "serves"] => list(suggested(&words.purposes())),
            [_, _, "generations", "use"] => generation(),
            [_, _, "generations", "trust"] => list(generation()),
            ["authority", _, "imported"] => texts(),
            ["keyring", _, "imported"] => json!({ "type": "object", "additionalProperties": { "anyOf": [
                { "type": "string" },
                closed(&["key", "name", "provider"], &["key", "name", "provider"]),
            ] } }),
            ["keyring", _, "provider"] => json!({ "type": "object", "additionalProperties": { "anyOf": [
                { "type": "string" },
                closed(&["kms", "endpoint", "timeout"], &["kms", "endpoint"]),
            ] } }),
            ["allow"] => {
                let warnings = Code::ALL.iter().filter(|code| code.severity() == Severity::Warning);
                let reason = |code: &Code| {
                    (code.name().to_owned(), json!({ "type": "string", "description": code.explanation() }))
                };
                let codes: Map<String, Value> = warnings.map(reason).collect();
                json!({ "type": "object", "properties": codes, "additionalProperties": false })
            }
            ["confirmed"] => texts(),
            _ => return None,
        })
    }

    fn of_layout(&self, path: &[&str]) -> Option<Value> {
        match path {
            ["authority"] => Some(layout::authorities()),
            ["keyring"] => Some(layout::keyrings()),
            ["component"] => Some(layout::components(self.words)),
            ["folder"] => Some(texts()),
            _ => None,
        }
    }
}

fn of_component(path: &[&str]) -> Option<Value> {
    match path {
        ["component", "version"] => Some(json!({ "type": ["string", "object"] })),
        ["kubeconfig", _, "embed"] => Some(json!({ "type": ["boolean", "string"] })),
        ["file" | "manifest", _, "yaml"] => Some(json!({ "type": ["array", "object", "string"] })),
        ["skew"] => Some(seen::skews()),
        ["program"] => Some(seen::program()),
        ["seen"] => Some(seen::seen()),
        ["layout"] => Some(tables()),
        ["reload"] => Some(texts()),
        _ => None,
    }
}

fn of_flags(path: &[&str]) -> Option<Value> {
    match path {
        ["flags"] => Some(json!({ "type": "object", "additionalProperties": { "anyOf": [
            { "type": "string" },
            { "type": "object", "required": ["type"] },
        ] } })),
        _ => None,
    }
}

/// `1`, or plain text.
fn generation() -> Value {
    json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "const": crate::values::IDENTITY }] })
}

/// A table of strings by the user's names.
fn texts() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}

/// A table of tables by the user's names.
fn tables() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "object" } })
}

/// A table of strings that are known.
fn closed(keys: &[&str], required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| ((*key).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
