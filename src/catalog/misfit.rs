//! Finds fields and values of a configuration file that its program does not accept.

use std::fmt;

use serde_json::Value as Json;

use super::field_kind::{FieldKind, found};
use super::fields::FieldTable;
use crate::diagnostics::did_you_mean;
use crate::values::Version;

/// Misfits of one document; more are not looked for.
const MOST: usize = 100;

/// All tables of fields.
#[derive(Debug, Default)]
pub struct FieldTables {
    tables: Vec<FieldTable>,
}

/// Where something stands in a document: keys and positions from its top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldPath(pub Vec<FieldStep>);

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldStep {
    /// A key of a mapping.
    Key(String),
    /// A position of a list, counted from 0.
    Item(usize),
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Where.
    pub path: FieldPath,
    /// Whether the value is of the wrong type, and not the field unknown.
    pub wrong_type: bool,
    /// Whether the program does not start with it; else it ignores it.
    pub stops: bool,
    /// What is wrong, as the rest of a sentence that begins with the kind of the document.
    pub says: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl FieldTables {
    pub(super) fn of(tables: Vec<FieldTable>) -> Self {
        Self { tables }
    }

    /// Whether there is a table of documents of a kind.
    #[must_use]
    pub fn knows(&self, kind: &str) -> bool {
        self.tables.iter().any(|table| table.kind == kind)
    }

    /// The table of a document that does not say what it is.
    #[must_use]
    pub fn named(&self, kind: &str) -> Option<&FieldTable> {
        self.tables.iter().find(|table| table.api.is_none() && table.kind == kind)
    }

    /// The table that a document names by its kind and version, if there is one.
    #[must_use]
    pub fn table(&self, document: &Json) -> Option<&FieldTable> {
        let (kind, api) = names(document)?;
        self.tables.iter().find(|table| table.kind == kind && table.api.as_deref() == Some(api))
    }

    /// What of a document that says what it is the program does not take; nothing where no table knows the kind.
    /// Without a version, what no version takes.
    #[must_use]
    pub fn misfits(&self, document: &Json, version: Option<&Version>) -> Vec<Misfit> {
        if let Some(table) = self.table(document) {
            return table.review(Some(self), document, version);
        }
        let Some((kind, api)) = names(document) else { return Vec::new() };
        let group = api.rsplit_once('/').map(|(group, _)| group);
        let of_kind = self.tables.iter().filter(|table| table.kind == kind);
        let known: Vec<&str> = of_kind.filter_map(|table| table.api.as_deref()).collect();
        let same_group = |known: &&str| known.rsplit_once('/').map(|(group, _)| group) == group;
        if !known.iter().any(same_group) {
            // Another program's kind of that name.
            return Vec::new();
        }
        let says = format!("has no version `{api}` of its API");
        let path = FieldPath(vec![FieldStep::Key("apiVersion".to_owned())]);
        vec![Misfit { path, wrong_type: false, stops: true, says, help: did_you_mean(api, known) }]
    }
}

/// Kind and version of a document.
fn names(document: &Json) -> Option<(&str, &str)> {
    Some((document.get("kind")?.as_str()?, document.get("apiVersion")?.as_str()?))
}

impl FieldTable {
    /// What of a document the program does not take; nothing where the table does not cover the version. Without
    /// a version, what no version takes.
    #[must_use]
    pub fn misfits(&self, document: &Json, version: Option<&Version>) -> Vec<Misfit> {
        self.review(None, document, version)
    }

    /// The same with the tables of documents within it.
    fn review(&self, inner: Option<&FieldTables>, document: &Json, version: Option<&Version>) -> Vec<Misfit> {
        if version.is_some_and(|version| !self.covers.contains(version)) {
            return Vec::new();
        }
        if let Some(absent) = version.and_then(|version| self.absent(version)) {
            let api = self.api.as_deref().unwrap_or_default();
            let says = format!("has no version `{api}` of its API{}", absent.why());
            let path = FieldPath(vec![FieldStep::Key("apiVersion".to_owned())]);
            return vec![Misfit { path, wrong_type: false, stops: true, says, help: None }];
        }
        let mut review =
            Review { table: self, inner, version, path: FieldPath::default(), found: Vec::new() };
        review.value(&[&FieldKind::Type(self.root.clone())], document);
        review.found
    }
}

/// A document while it is looked through.
struct Review<'t> {
    table: &'t FieldTable,
    /// The tables of documents within it.
    inner: Option<&'t FieldTables>,
    version: Option<&'t Version>,
    path: FieldPath,
    found: Vec<Misfit>,
}

impl Review<'_> {
    /// `kinds`: of several versions, one of which has to fit.
    fn value(&mut self, kinds: &[&FieldKind], value: &Json) {
        if self.found.len() >= MOST {
            return;
        }
        let fitting: Vec<&&FieldKind> =
            kinds.iter().filter(|kind| kind.takes(value, self.table.lax)).collect();
        let (Some(kind), false) = (fitting.first(), value.is_null()) else {
            let wanted = kinds.last().filter(|_| !value.is_null());
            return wanted.into_iter().for_each(|wanted| self.wrong_type(wanted, value));
        };
        match (kind, value) {
            (FieldKind::List(inner), Json::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    self.within(FieldStep::Item(at), |review| review.value(&[inner], item));
                }
            }
            (FieldKind::Map(inner), Json::Object(entries)) => {
                for (key, value) in entries {
                    self.within(FieldStep::Key(key.clone()), |review| review.value(&[inner], value));
                }
            }
            (FieldKind::Type(name), Json::Object(entries)) => {
                for (key, value) in entries {
                    self.within(FieldStep::Key(key.clone()), |review| review.field(name, key, value));
                }
            }
            (FieldKind::Document, Json::Object(_)) => self.document(value),
            _ => {}
        }
    }

    /// A document within this one; one within that is not looked into.
    fn document(&mut self, document: &Json) {
        let Some(table) = self.inner.and_then(|tables| tables.table(document)) else { return };
        for mut misfit in table.misfits(document, self.version) {
            misfit.path.0.splice(0..0, self.path.0.iter().cloned());
            misfit.says = format!("has a `{}`, which {}", table.kind, misfit.says);
            self.found.push(misfit);
        }
    }

    fn within(&mut self, step: FieldStep, look: impl FnOnce(&mut Self)) {
        self.path.0.push(step);
        look(self);
        self.path.0.pop();
    }

    fn field(&mut self, of: &str, name: &str, value: &Json) {
        let table = self.table;
        match table.find(of, name, self.version) {
            Ok(kinds) => {
                self.value(&kinds, value);
                self.word(of, name, value);
            }
            Err(absent) => {
                let near = || did_you_mean(name, table.names(of));
                self.found.push(Misfit {
                    path: self.path.clone(),
                    wrong_type: false,
                    stops: self.version.is_some_and(|version| table.stops(version)),
                    says: format!("has no field `{}`{}", self.path, absent.why()),
                    help: if absent.limit.is_none() { near() } else { None },
                });
            }
        }
    }

    /// A text that has to be one of some words, or each of a list. What it is instead is not shown.
    fn word(&mut self, of: &str, name: &str, value: &Json) {
        let Some(words) = self.table.words(of, name) else { return };
        let texts = match value {
            Json::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        let is_other = |text: &str| !text.is_empty() && !words.iter().any(|word| word == text);
        let Some(wrong) = texts.iter().filter_map(Json::as_str).find(|text| is_other(text)) else { return };
        self.found.push(Misfit {
            path: self.path.clone(),
            wrong_type: true,
            stops: true,
            says: format!("does not take this word as `{}`", self.path),
            help: did_you_mean(wrong, words.iter().map(String::as_str)),
        });
    }

    fn wrong_type(&mut self, wanted: &FieldKind, value: &Json) {
        let place = if self.path.0.is_empty() { "it".to_owned() } else { format!("`{}`", self.path) };
        self.found.push(Misfit {
            path: self.path.clone(),
            wrong_type: true,
            stops: true,
            says: format!("takes {} as {place}, and this is {}", wanted.words(), found(value)),
            help: None,
        });
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                FieldStep::Key(key) if at > 0 => write!(f, ".{key}")?,
                FieldStep::Key(key) => f.write_str(key)?,
                FieldStep::Item(item) => write!(f, "[{item}]")?,
            }
        }
        Ok(())
    }
}
