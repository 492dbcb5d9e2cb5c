//! Units and their files: bytes, modes, owners and classes.

use std::collections::BTreeMap;

use super::{change, changes, compare};
use crate::announced::Announced;
use crate::trees::{Entry, Trees, Unit};

pub(super) fn judge(announced: &Announced, before: &Trees, after: &Trees, findings: &mut Vec<String>) {
    let units = announced.units();
    let mut said = BTreeMap::new();
    let mut said_files = BTreeMap::new();
    for (name, unit) in &units {
        said.insert((*name).to_owned(), unit.change.to_owned());
        said_files
            .extend(unit.files.iter().map(|(path, file)| (format!("{name}/{path}"), file.change.clone())));
    }
    compare("unit", &said, &changes(&before.units, &after.units, is_like), findings);
    compare("file", &said_files, &changes(&files(before), &files(after), |a, b| a.is_like(b)), findings);
}

fn is_like(before: &Unit, after: &Unit) -> bool {
    changed(Some(before), Some(after)).is_empty()
}

/// The paths of one unit that change, each with what becomes of it.
pub(super) fn changed<'t>(
    before: Option<&'t Unit>,
    after: Option<&'t Unit>,
) -> BTreeMap<&'t str, (Option<&'t Entry>, Option<&'t Entry>)> {
    let both = [before, after];
    let paths = both.iter().flatten().flat_map(|unit| unit.keys());
    let pair = |path: &'t String| {
        let entries = (before.and_then(|unit| unit.get(path)), after.and_then(|unit| unit.get(path)));
        change(entries.0, entries.1, Entry::is_like).map(|_| (path.as_str(), entries))
    };
    paths.filter_map(pair).collect()
}

fn files(trees: &Trees) -> BTreeMap<String, Entry> {
    let unit = |(name, unit): (&String, &Unit)| {
        unit.iter().map(|(path, entry)| (format!("{name}/{path}"), entry.clone())).collect::<Vec<_>>()
    };
    trees.units.iter().flat_map(unit).collect()
}
