//! Records which keys a reader asks for, and what they take.

use std::collections::BTreeMap;
use std::fmt;

/// Stands in a path for a name that the user chooses.
pub const ANY_NAME: &str = "*";

/// A key that a reader takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenKey {
    /// Its way from the top of the file, with [`ANY_NAME`] where the user chooses.
    pub path: Vec<&'static str>,
    /// What it takes.
    pub takes: Takes,
    /// Whether its table means nothing without it.
    pub required: bool,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Any value.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A table whose keys are the user's, or are known to a later stage.
    Entries,
    /// A number.
    Integer,
    /// A table whose keys are known.
    Table,
    /// Tables of known keys, by the user's names.
    Tables,
    /// A string.
    Text,
    /// An array of strings.
    Texts,
    /// A string or an array of strings.
    TextOrTexts,
}

/// What was asked for so far, in the order of the reader.
#[derive(Default)]
pub(super) struct Asked {
    keys: Vec<TakenKey>,
}

impl Asked {
    pub(super) fn note(&mut self, table: &[&'static str], key: &'static str, takes: Takes) {
        let path = below(table, key);
        match self.keys.iter_mut().find(|known| known.path == path) {
            Some(known) => known.takes = takes,
            None => self.keys.push(TakenKey { path, takes, required: false }),
        }
    }

    /// A key that a reader asks for by itself.
    pub(super) fn note_unless_known(&mut self, table: &[&'static str], key: &'static str) {
        let path = below(table, key);
        if self.keys.iter().all(|known| known.path != path) {
            self.keys.push(TakenKey { path, takes: Takes::Any, required: false });
        }
    }

    /// All of it.
    pub(super) fn keys(self) -> Vec<TakenKey> {
        in_order(self.keys)
    }

    pub(super) fn require(&mut self, table: &[&'static str], key: &'static str) {
        let path = below(table, key);
        match self.keys.iter_mut().find(|known| known.path == path) {
            Some(known) => known.required = true,
            None => self.keys.push(TakenKey { path, takes: Takes::Any, required: true }),
        }
    }
}

/// The path of a key of a table.
pub(super) fn below(table: &[&'static str], key: &'static str) -> Vec<&'static str> {
    [table, &[key]].concat()
}

impl TakenKey {
    /// The path as people write it, `NAME` where they choose.
    #[must_use]
    pub fn written(&self) -> String {
        written(&self.path)
    }
}

/// A path as people write it.
#[must_use]
pub fn written(path: &[&str]) -> String {
    let shown = path.iter().map(|part| if *part == ANY_NAME { "NAME" } else { part });
    shown.collect::<Vec<_>>().join(".")
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Takes::Any => "any value",
            Takes::Boolean => "boolean",
            Takes::Entries | Takes::Table => "table",
            Takes::Integer => "integer",
            Takes::Tables => "tables by name",
            Takes::Text => "string",
            Takes::Texts => "array of strings",
            Takes::TextOrTexts => "string or array of strings",
        })
    }
}

/// Each table's keys behind it, in the order in which they were asked for.
fn in_order(keys: Vec<TakenKey>) -> Vec<TakenKey> {
    let place: BTreeMap<Vec<&str>, usize> =
        keys.iter().enumerate().map(|(at, key)| (key.path.clone(), at)).collect();
    let mut keys = keys;
    keys.sort_by_cached_key(|key| -> Vec<usize> {
        let heads = (1..=key.path.len()).filter_map(|length| place.get(&key.path[..length]).copied());
        heads.collect()
    });
    keys
}
