//! Which columns of a file contain which property of a node.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Literal;
use crate::read::plan::{PoolTable, Text};
use crate::source::Spanned;

/// What a node has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The first of its columns that a node has.
    Address,
    /// All of its columns.
    Addresses,
    Away,
    Interface,
    Name,
    Names,
    Priority,
    Roles,
    Secret,
    Was,
}

/// The keys by their words, which are those of a node's table.
pub(super) const KEYS: [(&str, Key); 10] = [
    ("address", Key::Address),
    ("addresses", Key::Addresses),
    ("away", Key::Away),
    ("interface", Key::Interface),
    ("name", Key::Name),
    ("names", Key::Names),
    ("priority", Key::Priority),
    ("roles", Key::Roles),
    ("secret", Key::Secret),
    ("was", Key::Was),
];

impl Key {
    pub(super) fn word(self) -> &'static str {
        KEYS.iter().find(|(_, key)| *key == self).map_or("", |(word, _)| word)
    }
}

/// The columns of one pool's file.
pub(super) struct Columns {
    of: BTreeMap<Key, Vec<String>>,
    ignored: BTreeSet<String>,
}

impl Columns {
    /// Those of a pool; `usual` are the ones where the plan names none.
    pub(super) fn of(pool: &PoolTable, usual: &[(Key, &str)], diagnostics: &mut Diagnostics) -> Self {
        let mut of: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        for (name, value) in &pool.columns {
            let Some((_, key)) = KEYS.iter().find(|(word, _)| *word == name.value) else {
                let message = format!("a node has no `{}`", name.value);
                let help = did_you_mean(&name.value, KEYS.iter().map(|(word, _)| *word));
                let diagnostic = Diagnostic::new(Code::UnknownKey, message).at(name.span, "");
                diagnostics.push(diagnostic.maybe_help(help));
                continue;
            };
            match texts(value) {
                Some(texts) => {
                    of.insert(*key, texts.into_iter().map(|text| text.value).collect());
                }
                None => diagnostics.push(not_texts(&format!("columns.{}", name.value), value)),
            }
        }
        let taken: BTreeSet<String> = of.values().flatten().cloned().collect();
        for (key, column) in usual.iter().filter(|(_, column)| !taken.contains(*column)) {
            of.entry(*key).or_insert_with(|| vec![(*column).to_owned()]);
        }
        let ignored = pool.ignore.iter().flatten().map(|text| text.value.clone()).collect();
        Self { of, ignored }
    }

    /// The columns of a key, the first of which counts most.
    pub(super) fn named(&self, key: Key) -> &[String] {
        self.of.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// All columns that say something.
    pub(super) fn all(&self) -> BTreeSet<&str> {
        self.of.values().flatten().map(String::as_str).collect()
    }

    /// Whether a column is one that the plan speaks of.
    pub(super) fn knows(&self, column: &str) -> bool {
        self.ignored.contains(column) || self.of.values().flatten().any(|known| known == column)
    }
}

/// A text or a list of texts.
pub(super) fn texts(value: &Spanned<Literal>) -> Option<Vec<Text>> {
    let one = |literal: &Spanned<Literal>| {
        literal.value.as_text().map(|text| Spanned::new(text.to_owned(), literal.span))
    };
    match &value.value {
        Literal::List(items) => items.iter().map(one).collect(),
        _ => one(value).map(|text| vec![text]),
    }
}

pub(super) fn not_texts(key: &str, value: &Spanned<Literal>) -> Diagnostic {
    let message = format!("`{key}` must be a string or an array of strings");
    let label = format!("this is {}", value.value.kind());
    Diagnostic::new(Code::WrongType, message).at(value.span, label)
}
