//! Finds the path on a host at which a copied directory belongs.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::path::beneath;
use crate::printable;
use crate::read::{Bare, Lies};

/// Where on a host the files of a folder belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belongs {
    /// The folder is a copy of this one: `/`, `/etc/kubernetes`.
    Below(Arc<str>),
    /// It holds files that are yet to be spread over a host, as guides have it: these names. Each stands for all
    /// paths that end in it; units lie where units lie.
    Loose(BTreeSet<Arc<str>>),
}

/// What was taken, in words: `a copy of /etc/kubernetes`.
impl fmt::Display for Belongs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Belongs::Below(at) if &**at == "/" => f.write_str("a whole host"),
            Belongs::Below(at) => write!(f, "a copy of {}", printable::line(at)),
            Belongs::Loose(_) => {
                f.write_str("single files, each compared with all paths that end in its name")
            }
        }
    }
}

/// The folders that a whole host has at its root.
const OF_ROOTS: &[&str] =
    &["boot", "dev", "etc", "home", "lib", "opt", "proc", "root", "run", "sbin", "srv", "sys", "usr", "var"];
/// Where people put units.
pub(super) const UNITS: &str = "/etc/systemd/system";
/// Entries that are looked at.
const MOST: usize = 20_000;

/// Where the folder belongs; none where nothing says so.
pub(super) fn belongs(bare: &Bare, path: &Path, known: &[String]) -> Option<Belongs> {
    let entries = bare.list(Path::new(""), MOST).ok()?;
    let folders = || entries.iter().filter(|(_, what)| !matches!(what, Lies::File | Lies::Other(_)));
    let is_root = |name: &str| OF_ROOTS.contains(&name);
    if path == Path::new("/") || folders().any(|(name, _)| name == "etc") {
        return Some(Belongs::Below("/".into()));
    }
    if folders().count() == entries.len() && !entries.is_empty() && folders().all(|(name, _)| is_root(name)) {
        return Some(Belongs::Below("/".into()));
    }
    let prefixes = prefixes(known);
    if let Some(at) = named(path, &prefixes) {
        return Some(Belongs::Below(at));
    }
    let found = |prefix: &str| {
        let known = known.iter().map(String::as_str).chain([UNITS]);
        let ways = known.filter_map(|path| beneath(prefix, path)).filter(|way| !way.is_empty());
        let ways: BTreeSet<&str> = ways.collect();
        let there = |way: &&&str| {
            let first = way.split('/').next().unwrap_or_default();
            entries.iter().any(|(name, _)| name == first) && matches!(bare.look(Path::new(way)), Ok(Some(_)))
        };
        ways.iter().filter(there).count()
    };
    let counted: Vec<(usize, &Arc<str>)> =
        prefixes.iter().map(|prefix| (found(prefix), prefix)).filter(|(count, _)| *count > 0).collect();
    let best = counted.iter().map(|(count, _)| *count).max().unwrap_or_default();
    let units = entries.iter().any(|(name, what)| *what == Lies::File && name.ends_with(".service"));
    let loose = || {
        let files = entries.iter().filter(|(_, what)| *what == Lies::File);
        Some(Belongs::Loose(files.map(|(name, _)| Arc::from(name.as_str())).collect()))
    };
    let mut bests = counted.iter().filter(|(count, _)| *count == best);
    match (bests.next(), bests.next()) {
        // Units beside certificates lie so in no folder of a host.
        _ if units => loose(),
        (Some((_, at)), None) => Some(Belongs::Below(Arc::clone(at))),
        (Some(_), Some(_)) => loose(),
        (None, _) => None,
    }
}

/// All folders in which known files lie, at any depth.
fn prefixes(known: &[String]) -> BTreeSet<Arc<str>> {
    let mut prefixes = BTreeSet::from([Arc::from(UNITS), Arc::from("/etc")]);
    for path in known {
        let ends = path.match_indices('/').map(|(end, _)| end).filter(|end| *end > 0);
        prefixes.extend(ends.filter_map(|end| Some(Arc::from(path.get(..end)?))));
    }
    prefixes
}

/// A prefix of two parts or more in which the folder's own path ends: `copies/a/etc/kubernetes`.
fn named(path: &Path, prefixes: &BTreeSet<Arc<str>>) -> Option<Arc<str>> {
    let path = std::path::absolute(path).ok()?;
    let ends = |prefix: &&Arc<str>| {
        prefix.matches('/').count() > 1 && path.ends_with(prefix.trim_start_matches('/'))
    };
    prefixes.iter().filter(ends).max_by_key(|prefix| prefix.len()).cloned()
}
