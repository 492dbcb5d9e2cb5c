//! The differences between two locks other than those of certificates, which are decided one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{KeyRecord, Lock};
use crate::values::SecretEpoch;

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Added,
    /// It says something else; of a key field by field, of a digest there is nothing to say.
    Changed(Vec<String>),
    /// It is not there any more.
    Removed,
}

impl Lock {
    /// Keys that the next lock has otherwise, sorted by id.
    #[must_use]
    pub fn key_changes(&self, next: &Lock) -> Vec<(Arc<str>, Change)> {
        changes(&self.keys, &next.keys, key_differences)
    }

    /// Pieces of the catalog that the next lock pins otherwise, sorted by name.
    #[must_use]
    pub fn catalog_changes(&self, next: &Lock) -> Vec<(Arc<str>, Change)> {
        changes(&self.catalog, &next.catalog, |old, new| (old != new).then(Vec::new))
    }
}

fn changes<V>(
    old: &BTreeMap<Arc<str>, V>,
    new: &BTreeMap<Arc<str>, V>,
    differences: impl Fn(&V, &V) -> Option<Vec<String>>,
) -> Vec<(Arc<str>, Change)> {
    let stays = new.iter().filter_map(|(id, value)| {
        let change = match old.get(id) {
            None => Change::Added,
            Some(old) => Change::Changed(differences(old, value)?),
        };
        Some((Arc::clone(id), change))
    });
    let gone = old.keys().filter(|id| !new.contains_key(*id));
    let mut all: Vec<_> = stays.chain(gone.map(|id| (Arc::clone(id), Change::Removed))).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Field by field; none if both decide the same.
fn key_differences(old: &KeyRecord, new: &KeyRecord) -> Option<Vec<String>> {
    let list = |trust: &[u32]| format!("{trust:?}");
    let algorithm = |record: &KeyRecord| record.algorithm.map_or("none".to_owned(), |a| a.to_string());
    let from = |record: &KeyRecord| {
        let of = |(generation, secret): (&u32, &SecretEpoch)| format!("{generation}: {secret}");
        let all: Vec<String> = record.derives_from.iter().map(of).collect();
        if all.is_empty() { "secret default".to_owned() } else { all.join(", ") }
    };
    let providers = |record: &KeyRecord| {
        let all: Vec<String> =
            record.providers.iter().map(|(generation, word)| format!("{generation}: {word}")).collect();
        if all.is_empty() { "the usual one".to_owned() } else { all.join(", ") }
    };
    let fields = [
        ("kind", old.kind.clone(), new.kind.clone()),
        ("algorithm", algorithm(old), algorithm(new)),
        ("use", old.used.to_string(), new.used.to_string()),
        ("trust", list(&old.trust), list(&new.trust)),
        ("resources", old.resources.join(", "), new.resources.join(", ")),
        ("provider", providers(old), providers(new)),
        ("unused", list(&old.unused), list(&new.unused)),
        ("plain-text", old.plain_text.word().to_owned(), new.plain_text.word().to_owned()),
        ("derives-from", from(old), from(new)),
    ];
    // The highest follows from the others unless the lock forgets one, or knows one that was never in use.
    let follows = new.trust.iter().copied().chain([new.used, old.highest]).max() == Some(new.highest);
    let highest = (!follows).then(|| format!("highest {} -> {}", old.highest, new.highest));
    let ends = old.not_after.iter().filter_map(|(generation, end)| {
        let now = new.not_after.get(generation).filter(|now| *now != end)?;
        Some(format!("not-after of generation {generation} {end} -> {now}"))
    });
    let differ = fields.into_iter().filter(|(_, old, new)| old != new);
    let reported = differ.map(|(field, old, new)| format!("{field} {old} -> {new}"));
    let reported: Vec<String> = reported.chain(highest).chain(ends).collect();
    (!reported.is_empty()).then_some(reported)
}
