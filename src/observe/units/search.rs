//! Finds the services of a host and their unit files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::names::{SERVICE, drop_in_names, parts};
use crate::host::{Entry, Files, Kind, Place, UNIT_DIRECTORIES, joined};
use crate::observe::command::Unread;

/// Services of one host at most.
const MOST: usize = 5000;
/// Drop-ins of one service at most.
const MOST_DROP_INS: usize = 500;
const DEV_NULL: &str = "/dev/null";

/// A service and its files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// `etcd.service`
    pub(super) name: Arc<str>,
    /// Whether a link of another unit starts it.
    pub(super) enabled: bool,
    /// The file of the unit itself; none: drop-ins alone.
    pub(super) fragment: Option<Arc<str>>,
    /// Its drop-ins, in the order in which they count.
    pub(super) drop_ins: Vec<Arc<str>>,
}

/// What lies in the folders of units.
struct Listed {
    folders: Vec<(&'static str, Vec<Entry>)>,
    /// The files of folders of drop-ins, by the name of the folder and in the order of the search path.
    drop_ins: BTreeMap<String, Vec<Arc<str>>>,
    /// What links in `.wants` and the like name.
    wanted: BTreeSet<Arc<str>>,
}

/// Where a unit stands.
enum Fragment {
    File(Arc<str>),
    Masked,
    Nothing,
}

/// All services of a host that are not masked, sorted by name.
pub(super) fn units(files: &dyn Files, unread: &mut Vec<Unread>) -> Vec<Found> {
    let listed = Listed::of(files, unread);
    let mut names: BTreeSet<Arc<str>> = listed.wanted.clone();
    for entry in listed.folders.iter().flat_map(|(_, entries)| entries) {
        if !entry.folder && parts(&entry.name).is_some() {
            names.insert(Arc::clone(&entry.name));
        }
    }
    let dropped_in = listed.drop_ins.keys().filter_map(|folder| folder.strip_suffix(".d"));
    names.extend(dropped_in.filter(|name| !name.ends_with("-.service")).map(Arc::from));
    let aliases = listed.aliases();
    names.retain(|name| parts(name).is_some_and(|parts| !parts.is_template()) && !aliases.contains_key(name));
    if names.len() > MOST {
        let why = format!("there are more than {MOST} services");
        unread.push(Unread::new(Place::file("/etc/systemd/system"), why));
    }
    let mut found = Vec::new();
    for name in names.into_iter().take(MOST) {
        let fragment = match listed.fragment(files, &name) {
            Fragment::File(path) => Some(path),
            // What its maker installed may lie in a folder that was not copied.
            Fragment::Nothing if listed.drop_ins.contains_key(&format!("{name}.d")) => None,
            Fragment::Nothing | Fragment::Masked => continue,
        };
        let others: Vec<&Arc<str>> =
            aliases.iter().filter(|(_, of)| **of == name).map(|(alias, _)| alias).collect();
        let enabled =
            listed.wanted.contains(&name) || others.iter().any(|alias| listed.wanted.contains(*alias));
        let drop_ins = listed.drop_ins(&name, &others, unread);
        found.push(Found { name, enabled, fragment, drop_ins });
    }
    found
}

impl Listed {
    fn of(files: &dyn Files, unread: &mut Vec<Unread>) -> Self {
        let mut listed = Self { folders: Vec::new(), drop_ins: BTreeMap::new(), wanted: BTreeSet::new() };
        let mut seen = BTreeSet::new();
        let mut list = |folder: &str| {
            files.list(folder).unwrap_or_else(|problem| {
                unread.push(problem.into());
                Vec::new()
            })
        };
        for &folder in UNIT_DIRECTORIES {
            // `/lib` is often a link to `/usr/lib`.
            let Ok(Some(status)) = files.status(folder) else { continue };
            if status.kind != Kind::Folder || !seen.insert(Arc::clone(&status.path)) {
                continue;
            }
            let entries = list(folder);
            for entry in &entries {
                let below = || joined(folder, &entry.name);
                if entry.name.ends_with(".wants")
                    || entry.name.ends_with(".requires")
                    || entry.name.ends_with(".upholds")
                {
                    listed.wanted.extend(list(&below()).into_iter().map(|entry| entry.name));
                } else if entry.name.ends_with(".service.d") || &*entry.name == "service.d" {
                    let names = list(&below()).into_iter().filter(|entry| is_drop_in(&entry.name));
                    let paths = names.map(|entry| joined(&below(), &entry.name).into());
                    listed.drop_ins.entry((*entry.name).to_owned()).or_default().extend(paths);
                }
            }
            listed.folders.push((folder, entries));
        }
        listed
    }

    fn first(&self, name: &str) -> Option<(&'static str, &Entry)> {
        let here = |(folder, entries): &'_ (&'static str, Vec<Entry>)| -> Option<(&'static str, usize)> {
            let at = entries.binary_search_by(|entry| (*entry.name).cmp(name)).ok()?;
            Some((*folder, at))
        };
        self.folders.iter().find_map(|folders| {
            let (folder, at) = here(folders)?;
            Some((folder, folders.1.get(at)?))
        })
    }

    /// Names that are links to units of another name.
    fn aliases(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        let mut aliases = BTreeMap::new();
        for entry in self.folders.iter().flat_map(|(_, entries)| entries) {
            let Some(target) = &entry.link else { continue };
            let target = target.rsplit_once('/').map_or(&**target, |(_, name)| name);
            let Some(own) = parts(&entry.name) else { continue };
            let of_template = own.template().as_deref() == Some(target);
            if target != &*entry.name && !of_template && parts(target).is_some() {
                aliases.entry(Arc::clone(&entry.name)).or_insert_with(|| Arc::from(target));
            }
        }
        aliases
    }

    /// The file of a unit.
    fn fragment(&self, files: &dyn Files, name: &str) -> Fragment {
        let template = parts(name).and_then(|parts| parts.template());
        let names = std::iter::once(name.to_owned()).chain(template);
        for name in names {
            let Some((folder, entry)) = self.first(&name) else { continue };
            let path: Arc<str> = joined(folder, &entry.name).into();
            if entry.link.as_deref() == Some(DEV_NULL) {
                return Fragment::Masked;
            }
            return match files.status(&path) {
                Ok(Some(status)) if status.kind == Kind::File => Fragment::File(path),
                Ok(Some(_)) => Fragment::Masked,
                _ => Fragment::Nothing,
            };
        }
        Fragment::Nothing
    }

    /// The drop-ins of a unit: those of all folders sorted by their names, of equal names the one whose folder
    /// counts most.
    fn drop_ins(&self, name: &str, others: &[&Arc<str>], unread: &mut Vec<Unread>) -> Vec<Arc<str>> {
        let mut names = drop_in_names(name);
        names.extend(others.iter().flat_map(|alias| drop_in_names(alias)));
        names.push(SERVICE.trim_start_matches('.').to_owned());
        let mut chosen: BTreeMap<&str, &Arc<str>> = BTreeMap::new();
        for name in names {
            for path in self.drop_ins.get(&format!("{name}.d")).into_iter().flatten() {
                let file = path.rsplit_once('/').map_or(&**path, |(_, file)| file);
                chosen.entry(file).or_insert(path);
            }
        }
        if chosen.len() > MOST_DROP_INS {
            let why = format!("it has more than {MOST_DROP_INS} drop-ins");
            unread.push(Unread::new(Place::file(name), why));
        }
        chosen.into_values().take(MOST_DROP_INS).cloned().collect()
    }
}

fn is_drop_in(name: &str) -> bool {
    name.ends_with(".conf") && !name.starts_with('.')
}
