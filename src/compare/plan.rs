//! What was edited in the plan, table by table.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::comparison::{Done, Edit};
use crate::read::WrittenKey;
use crate::source::Sources;

/// What definitions are called together, as the key of a plan that names their folder.
pub(super) const CATALOG: &str = "catalog";
/// How many names a line has.
const NAMES: usize = 4;

/// A plan's keys and the texts that they stand in.
#[derive(Clone, Copy)]
pub struct PlanText<'a> {
    /// All keys.
    pub keys: &'a [WrittenKey],
    /// Where they stand.
    pub sources: &'a Sources,
}

/// The keys of one table by their names.
type Table<'a> = BTreeMap<&'a str, &'a WrittenKey>;

/// The tables that differ: those of the new plan in their order, then those that are gone.
pub(super) fn edits(before: Option<PlanText<'_>>, after: PlanText<'_>) -> Vec<Edit> {
    let old = before.map(tables).unwrap_or_default();
    let new = tables(after);
    let mut edits: Vec<Edit> = Vec::new();
    let mut renamed: BTreeSet<String> = BTreeSet::new();
    for table in in_order(after.keys) {
        let is = &new[table];
        let name = match old.get(table) {
            Some(_) => None,
            None => former(table, is)
                .filter(|name| old.contains_key(name.as_str()) && !new.contains_key(name.as_str())),
        };
        let was = old.get(name.as_deref().unwrap_or(table));
        let edit = edit(table, was, is, after.sources);
        edits.extend(edit.map(|edit| match &name {
            Some(name) => Edit { lines: [vec![format!("was {name}")], edit.lines].concat(), ..edit },
            None => edit,
        }));
        renamed.extend(name);
    }
    let Some(before) = before else { return edits };
    let gone = |table: &&str| !new.contains_key(*table) && !renamed.contains(*table);
    for table in in_order(before.keys).into_iter().filter(gone) {
        let place = first(&old[table]).map(|key| before.sources.place(key.span)).unwrap_or_default();
        let (change, lines) = (Done::Removed, told(Some(&old[table]), None));
        edits.push(Edit { table: table.to_owned(), change, place, lines });
    }
    edits
}

/// Definitions of the catalog in use on both sides that are not what they were: a plan's own folder is part of it.
pub(super) fn catalog(before: &State<'_>, after: &State<'_>) -> Option<Edit> {
    let old = before.blueprint.catalog_digests();
    let new = after.blueprint.catalog_digests();
    let differ = new.iter().filter(|(name, digest)| old.get(*name).is_some_and(|old| old != *digest));
    let lines: Vec<String> = differ.map(|(name, _)| name.clone()).collect();
    let folder = after.plan.keys.iter().find(|key| key.table.is_empty() && key.key == CATALOG);
    let place = folder.map(|key| after.plan.sources.place(key.span)).unwrap_or_default();
    (!lines.is_empty()).then(|| Edit { table: CATALOG.to_owned(), change: Done::Changed, place, lines })
}

/// The order of nodes where it is another one: lists of them and VRRP's priorities follow it.
pub(super) fn order(before: &State<'_>, after: &State<'_>) -> Option<Edit> {
    let (was, is) = (names(before), names(after));
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
        (was.iter().copied().collect(), is.iter().copied().collect());
    let was = was.into_iter().filter(|name| new.contains(name));
    let is = is.into_iter().enumerate().filter(|(_, name)| old.contains(name));
    let moved: Vec<(&str, usize, &str)> =
        was.zip(is).filter(|(was, (_, is))| was != is).map(|(was, (at, is))| (was, at, is)).collect();
    let &(_, at, _) = moved.first()?;
    let table = after.table_of_node(at);
    let place = after.plan.keys.iter().find(|key| *key.table == *table);
    let place = place.map(|key| after.plan.sources.place(key.span)).unwrap_or_default();
    let listed = |names: Vec<&str>| match names.len().checked_sub(NAMES).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", names[..NAMES].join(", ")),
        None => names.join(", "),
    };
    let (old, new) = moved.iter().map(|(was, _, is)| (*was, *is)).unzip();
    let lines = vec![format!("order: {} -> {}", listed(old), listed(new))];
    Some(Edit { table: "node".to_owned(), change: Done::Changed, place, lines })
}

fn names<'a>(state: &State<'a>) -> Vec<&'a str> {
    state.blueprint.model.nodes.iter().map(|node| node.name.as_str()).collect()
}

/// The table that one says it was.
fn former(table: &str, is: &Table<'_>) -> Option<String> {
    let (kind, _) = table.split_once('.')?;
    Some(format!("{kind}.{}", is.get("was")?.value.trim_matches('"')))
}

fn tables(plan: PlanText<'_>) -> BTreeMap<&str, Table<'_>> {
    let mut tables: BTreeMap<&str, Table<'_>> = BTreeMap::new();
    for key in plan.keys {
        tables.entry(&key.table).or_default().insert(&key.key, key);
    }
    tables
}

fn in_order(keys: &[WrittenKey]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    keys.iter().map(|key| &*key.table).filter(|table| seen.insert(*table)).collect()
}

fn first<'a>(table: &Table<'a>) -> Option<&'a WrittenKey> {
    table.values().copied().min_by_key(|key| key.span)
}

fn edit(table: &str, was: Option<&Table<'_>>, is: &Table<'_>, sources: &Sources) -> Option<Edit> {
    let lines = told(was, Some(is));
    if lines.is_empty() && was.is_some() {
        return None;
    }
    let differs =
        |key: &&&WrittenKey| was.and_then(|was| was.get(&*key.key)).is_none_or(|old| old.value != key.value);
    let mut changed: Vec<&WrittenKey> = is.values().filter(differs).copied().collect();
    changed.sort_by_key(|key| key.span);
    let shown = changed.first().copied().or(first(is))?;
    let change = if was.is_some() { Done::Changed } else { Done::Added };
    Some(Edit { table: table.to_owned(), change, place: sources.place(shown.span), lines })
}

/// Key by key, in the order of the new text.
fn told(was: Option<&Table<'_>>, is: Option<&Table<'_>>) -> Vec<String> {
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
        (Some(was), Some(is)) => Some(format!("{key}: {was} -> {is}")),
        // A table without keys.
        _ if key.is_empty() => None,
        (Some(was), None) => Some(format!("- {key} = {was}")),
        (None, Some(is)) => Some(format!("+ {key} = {is}")),
        (None, None) => None,
    };
    keys.into_iter().filter_map(line).collect()
}
