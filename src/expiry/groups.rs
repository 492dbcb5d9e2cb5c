//! Groups entries of the same kind and state, so that they are reported as one.

use super::ending::{Expiry, Kind};
use crate::expand::{Blueprint, Holder};
use crate::values::IdParts;

/// What is alike and stand alike, reported as one.
#[derive(Debug)]
pub struct Group<'a> {
    /// What they are called together, with `*` for what differs; the id of a single one.
    pub name: String,
    /// Those that end first, first; never empty.
    pub entries: Vec<Expiry<'a>>,
}

/// The groups of entries, in the order of their first ones.
#[must_use]
pub fn groups<'a>(blueprint: &Blueprint<'_>, entries: &[Expiry<'a>]) -> Vec<Group<'a>> {
    let mut positions = std::collections::BTreeMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for entry in entries {
        let name = alike(blueprint, entry);
        let position = *positions.entry((name, entry.state)).or_insert_with_key(|(name, _)| {
            groups.push(Group { name: name.clone(), entries: Vec::new() });
            groups.len() - 1
        });
        groups[position].entries.push(*entry);
    }
    for group in &mut groups {
        if let [single] = group.entries.as_slice() {
            group.name = single.name();
        }
    }
    groups
}

/// What one has in common with those like it.
fn alike(blueprint: &Blueprint<'_>, entry: &Expiry<'_>) -> String {
    if entry.ending.kind() == Kind::Crl {
        return entry.name();
    }
    let id = IdParts::of(entry.id);
    let on_any_node = || id.part.map_or_else(|| entry.id.to_string(), |part| format!("node.*/{part}"));
    match entry.ending.certificate().map(|position| blueprint.certificates[position].holder) {
        Some(Holder::Instance { .. } | Holder::Free { node: Some(_), .. }) => on_any_node(),
        None if id.is_of_node() => on_any_node(),
        Some(Holder::User(_)) => "user.*".to_owned(),
        Some(
            Holder::Authority(_)
            | Holder::Component { .. }
            | Holder::Foreign(_)
            | Holder::Free { node: None, .. },
        )
        | None => entry.id.to_string(),
    }
}
