//! Units that a build made, as hosts and people would have them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::trees::no_trees;
use crate::host::{Files, Folder, Memory, Owners};
use crate::read::{Disk, World as _};
use crate::values::{TREES_MARKER, UnitId};
use crate::write::UnitName;

/// What lies on hosts, with people, and in the API.
#[derive(Default)]
pub struct Units {
    /// The files of each host.
    pub hosts: BTreeMap<Arc<str>, Box<dyn Files + Send>>,
    /// The files of each person.
    pub people: Vec<(Arc<str>, Box<dyn Files + Send>)>,
    /// The texts of what is applied to the API.
    pub cluster: Vec<String>,
}

impl Units {
    /// What a build made.
    #[must_use]
    pub fn of(units: Vec<(UnitName, Memory)>) -> Self {
        let mut all = Self::default();
        for (name, files) in units {
            match name.as_str().parse::<UnitId>() {
                Ok(UnitId::Host(host)) => {
                    all.hosts.insert(host, Box::new(files));
                }
                Ok(UnitId::User(name)) => all.people.push((name, Box::new(files))),
                Ok(UnitId::Cluster) => all.cluster.extend(texts(&files)),
                Err(_) => {}
            }
        }
        all
    }

    /// Adds hosts that are to be there: what has no tree has no file.
    pub fn want(&mut self, hosts: impl IntoIterator<Item = Arc<str>>) {
        for host in hosts {
            self.hosts.entry(host).or_insert_with(|| Box::new(Memory::default()));
        }
    }

    /// What lies in a folder of trees. Manifests say who owns what and what is made on hosts, and nothing else.
    ///
    /// # Errors
    /// It is no folder of trees, or cannot be read; in words.
    pub fn read(trees: &Path) -> Result<Self, String> {
        if !trees.join(TREES_MARKER).is_file() {
            return Err(no_trees(trees));
        }
        let disk =
            Disk::of_trees(trees).map_err(|error| format!("cannot read {}: {error}", trees.display()))?;
        let mut all = Self::default();
        for group in UnitId::GROUPS {
            let names = disk.list(&trees.join(group)).unwrap_or_default();
            for name in names.iter().filter_map(|name| name.strip_suffix('/')) {
                let files = tree(&disk, trees, &format!("{group}/{name}"))?;
                match format!("{group}/{name}").parse::<UnitId>() {
                    Ok(UnitId::Host(host)) => {
                        all.hosts.insert(host, Box::new(files));
                    }
                    Ok(UnitId::User(name)) => all.people.push((name, Box::new(files))),
                    Ok(UnitId::Cluster) | Err(_) => {}
                }
            }
        }
        let cluster = trees.join(UnitId::Cluster.to_string());
        if cluster.is_dir() {
            all.cluster = texts(&Folder::open(&cluster, "/")?);
        }
        Ok(all)
    }
}

/// One unit's folder, with what its manifest says.
fn tree(disk: &Disk, trees: &Path, unit: &str) -> Result<Folder, String> {
    let folder = Folder::open(&trees.join(unit), "/")?;
    let text = disk.read(&trees.join(format!("{unit}.json"))).unwrap_or_default();
    let manifest: Manifest = serde_json::from_str(&text).unwrap_or_default();
    let (mut owners, mut made_later) = (Owners::new(), BTreeSet::new());
    for entry in manifest.entries {
        let path: Arc<str> = format!("/{}", entry.path).into();
        if entry.class == RUNTIME {
            made_later.insert(Arc::clone(&path));
        }
        owners.insert(path, (entry.owner.into(), entry.group.into()));
    }
    Ok(folder.owned(owners).with_made_later(made_later))
}

/// The class of what is made on hosts, as manifests write it.
const RUNTIME: &str = "runtime";

/// A unit's manifest, as far as it is read here.
#[derive(Default, Deserialize)]
struct Manifest {
    entries: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    path: String,
    class: String,
    owner: String,
    group: String,
}

/// The texts of the files that lie in the root.
fn texts(files: &dyn Files) -> Vec<String> {
    let entries = files.list("/").unwrap_or_default();
    let texts = entries.iter().filter(|entry| !entry.folder).filter_map(|entry| {
        let (text, _) = files.text(&format!("/{}", entry.name)).ok()??;
        Some(text.to_string())
    });
    texts.collect()
}
