//! Compares two plans table by table.

use std::collections::{BTreeMap, BTreeSet};

use super::done::Done;
use super::edit::{Edit, EditLine};
use super::plan_text::PlanText;
use super::state::State;
use crate::read::{TableKind, TableName, WrittenKey};
use crate::resolve::NodeIndex;
use crate::source::Sources;

/// How many names a line has.
const NAMES: usize = 4;

/// The keys of one table by their names.
type Table<'a> = BTreeMap<&'a str, &'a WrittenKey>;

/// The tables that differ: those of the new plan in their order, then those that are gone.
pub(super) fn edits(before: Option<PlanText<'_>>, after: PlanText<'_>) -> Vec<Edit> {
    let old = before.map(tables).unwrap_or_default();
    let new = tables(after);
    let mut edits: Vec<Edit> = Vec::new();
    let mut renamed: BTreeSet<TableName> = BTreeSet::new();
    for table in in_order(after.keys) {
        let is = &new[table];
        let name = match old.get(table) {
            Some(_) => None,
            None => former(table, is).filter(|name| old.contains_key(name) && !new.contains_key(name)),
        };
        let was = old.get(name.as_ref().unwrap_or(table));
        let edit = edit(table, was, is, after.sources);
        edits.extend(edit.map(|edit| match &name {
            Some(name) => Edit { lines: [vec![EditLine::Was(name.clone())], edit.lines].concat(), ..edit },
            None => edit,
        }));
        renamed.extend(name);
    }
    let Some(before) = before else { return edits };
    let gone = |table: &&TableName| !new.contains_key(*table) && !renamed.contains(*table);
    for table in in_order(before.keys).into_iter().filter(gone) {
        let place = first(&old[table]).map(|key| before.sources.place(key.span)).unwrap_or_default();
        let (change, lines) = (Done::Removed, reported(Some(&old[table]), None));
        edits.push(Edit { table: table.clone(), change, place, lines });
    }
    edits
}

/// Definitions of the catalog in use on both sides that are not what they were: a plan's own folder is part of it.
pub(super) fn catalog(before: &State<'_>, after: &State<'_>) -> Option<Edit> {
    let old = before.blueprint.catalog_digests();
    let new = after.blueprint.catalog_digests();
    let differ = new.iter().filter(|(name, digest)| old.get(*name).is_some_and(|old| old != *digest));
    let lines: Vec<EditLine> = differ.map(|(name, _)| EditLine::Definition(name.clone())).collect();
    let table = TableKind::Catalog.whole();
    let folder =
        after.plan.keys.iter().find(|key| key.table.kind == TableKind::Top && key.key == table.kind.word());
    let place = folder.map(|key| after.plan.sources.place(key.span)).unwrap_or_default();
    (!lines.is_empty()).then_some(Edit { table, change: Done::Changed, place, lines })
}

/// Files of one's own that hold something else: said where their tables are, whether or not these were edited.
pub(super) fn own_files(before: &State<'_>, after: &State<'_>, edits: &mut Vec<Edit>) {
    let old = &before.blueprint.model.files;
    for file in &after.blueprint.model.files {
        let was = old.iter().find(|was| was.name == file.name).and_then(|was| was.beside());
        let (Some(was), Some(is)) = (was, file.beside()) else { continue };
        if was.text == is.text {
            continue;
        }
        let line = EditLine::Source(is.source.value.clone());
        let table = TableKind::File.named(file.name.clone());
        match edits.iter_mut().find(|edit| edit.table == table) {
            Some(edit) => edit.lines.push(line),
            None => {
                let place = after.plan.sources.place(is.source.span);
                edits.push(Edit { table, change: Done::Changed, place, lines: vec![line] });
            }
        }
    }
}

/// The order of nodes where it is another one: lists of them and VRRP's priorities follow it.
pub(super) fn order(before: &State<'_>, after: &State<'_>) -> Option<Edit> {
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (names(before).collect(), names(after).collect());
    let was = names(before).filter(|name| new.contains(name));
    let is = after.blueprint.model.nodes.indices().zip(names(after)).filter(|(_, name)| old.contains(name));
    let moved: Vec<(&str, NodeIndex, &str)> =
        was.zip(is).filter(|(was, (_, is))| was != is).map(|(was, (at, is))| (was, at, is)).collect();
    let &(_, at, _) = moved.first()?;
    let table = after.table_of_node(at);
    let place = after.plan.keys.iter().find(|key| key.table == table);
    let place = place.map(|key| after.plan.sources.place(key.span)).unwrap_or_default();
    let listed = |names: Vec<&str>| match names.len().checked_sub(NAMES).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", names[..NAMES].join(", ")),
        None => names.join(", "),
    };
    let (old, new) = moved.iter().map(|(was, _, is)| (*was, *is)).unzip();
    let lines = vec![EditLine::Order { before: listed(old), after: listed(new) }];
    Some(Edit { table: TableKind::Node.whole(), change: Done::Changed, place, lines })
}

fn names<'a>(state: &State<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    state.blueprint.model.nodes.iter().map(|node| node.name.as_str())
}

/// The table that one says it was.
fn former(table: &TableName, is: &Table<'_>) -> Option<TableName> {
    table.name.as_ref()?;
    Some(table.kind.named(is.get("was")?.value.trim_matches('"')))
}

fn tables(plan: PlanText<'_>) -> BTreeMap<&TableName, Table<'_>> {
    let mut tables: BTreeMap<&TableName, Table<'_>> = BTreeMap::new();
    for key in plan.keys {
        tables.entry(&key.table).or_default().insert(&key.key, key);
    }
    tables
}

fn in_order(keys: &[WrittenKey]) -> Vec<&TableName> {
    let mut seen = BTreeSet::new();
    keys.iter().map(|key| &key.table).filter(|table| seen.insert(*table)).collect()
}

fn first<'a>(table: &Table<'a>) -> Option<&'a WrittenKey> {
    table.values().copied().min_by_key(|key| key.span)
}

fn edit(table: &TableName, was: Option<&Table<'_>>, is: &Table<'_>, sources: &Sources) -> Option<Edit> {
    let lines = reported(was, Some(is));
    if lines.is_empty() && was.is_some() {
        return None;
    }
    let differs =
        |key: &&&WrittenKey| was.and_then(|was| was.get(&*key.key)).is_none_or(|old| old.value != key.value);
    let mut changed: Vec<&WrittenKey> = is.values().filter(differs).copied().collect();
    changed.sort_by_key(|key| key.span);
    let shown = changed.first().copied().or(first(is))?;
    let change = if was.is_some() { Done::Changed } else { Done::Added };
    Some(Edit { table: table.clone(), change, place: sources.place(shown.span), lines })
}

/// Key by key, in the order of the new text.
fn reported(was: Option<&Table<'_>>, is: Option<&Table<'_>>) -> Vec<EditLine> {
    let (none_was, none_is) = (Table::new(), Table::new());
    let (was, is) = (was.unwrap_or(&none_was), is.unwrap_or(&none_is));
    let mut keys: Vec<(&str, Option<&str>, Option<&str>)> = Vec::new();
    let mut sorted: Vec<&&WrittenKey> = is.values().collect();
    sorted.sort_by_key(|key| key.span);
    for key in sorted {
        keys.push((&key.key, was.get(&*key.key).map(|old| &*old.value), Some(&key.value)));
    }
    let gone = was.values().filter(|key| !is.contains_key(&*key.key));
    keys.extend(gone.map(|key| (&*key.key, Some(&*key.value), None)));
    let line = |(key, was, is): (&str, Option<&str>, Option<&str>)| match (was, is) {
        (Some(was), Some(is)) if was == is => None,
        // A table without keys.
        (None, _) | (_, None) if key.is_empty() => None,
        (before, after) => {
            let owned = |value: Option<&str>| value.map(ToOwned::to_owned);
            Some(EditLine::Key { key: key.to_owned(), before: owned(before), after: owned(after) })
        }
    };
    keys.into_iter().filter_map(line).collect()
}
