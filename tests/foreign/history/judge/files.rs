//! Units and their files: bytes, modes, owners and classes.

use std::collections::BTreeMap;

use super::services::services;
use super::{Pair, Pairs, change, compare};
use crate::history::announced::Announced;
use crate::history::trees::Entry;

pub(super) fn judge(announced: &Announced, pairs: &Pairs<'_>, findings: &mut Vec<String>) {
    let (mut said_units, mut said_files) = (BTreeMap::new(), BTreeMap::new());
    for (name, unit) in announced.units() {
        said_units.insert(name.to_owned(), (unit.change.to_owned(), unit.was.to_owned()));
        let files = unit.files.iter();
        said_files.extend(files.map(|(path, file)| (format!("{name}/{path}"), file.change.clone())));
    }
    let (mut units, mut files) = (BTreeMap::new(), BTreeMap::new());
    for (name, pair) in pairs {
        let changed = changed(pair);
        // Programs may be exchanged though no file is another.
        let is_same = changed.is_empty() && services(pair).is_empty();
        let word = change(pair.was.map(|(_, was)| was), pair.is, |_, _| is_same);
        units.extend(word.map(|word| {
            let was = pair.was.map_or(*name, |(was, _)| was);
            ((*name).clone(), (word.to_owned(), was.clone()))
        }));
        for (path, (old, new)) in changed {
            let word = change(old, new, |_, _| false).unwrap();
            files.insert(format!("{name}/{path}"), word.to_owned());
        }
    }
    compare("unit", &said_units, &units, findings);
    compare("file", &said_files, &files, findings);
}

/// What a file was and what it is.
pub(super) type Entries<'t> = (Option<&'t Entry>, Option<&'t Entry>);

/// The paths of one unit that change.
pub(super) fn changed<'t>(pair: &Pair<'t>) -> BTreeMap<&'t str, Entries<'t>> {
    let was = pair.was.map(|(_, was)| was);
    let paths = was.iter().chain(&pair.is).flat_map(|unit| unit.keys());
    let entries = |path: &'t String| {
        let entries = (was.and_then(|unit| unit.get(path)), pair.is.and_then(|unit| unit.get(path)));
        change(entries.0, entries.1, Entry::is_like).map(|_| (path.as_str(), entries))
    };
    paths.filter_map(entries).collect()
}
