//! Reads built units as hosts and users would have them, for `pkiplan verify`.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::trees::no_trees;
use crate::host::{Folder, Owners, Units};
use crate::read::{Disk, World as _};
use crate::values::{TREES_MARKER, UnitId};

/// What lies in a folder of trees. Manifests say who owns what and what is made on hosts, and nothing else.
///
/// # Errors
/// It is no folder of trees, or cannot be read; in words.
pub fn read_units(trees: &Path) -> Result<Units, String> {
    if !trees.join(TREES_MARKER).is_file() {
        return Err(no_trees(trees));
    }
    let disk = Disk::of_trees(trees).map_err(|error| format!("cannot read {}: {error}", trees.display()))?;
    let mut all = Units::default();
    for group in UnitId::GROUPS {
        let names = disk.list(&trees.join(group)).unwrap_or_default();
        for name in names.iter().filter_map(|name| name.strip_suffix('/')) {
            let files = tree(&disk, trees, &format!("{group}/{name}"))?;
            match format!("{group}/{name}").parse::<UnitId>() {
                Ok(UnitId::Host(host)) => _ = all.hosts.insert(host, Box::new(files)),
                Ok(UnitId::User(name)) => all.others.people.push((name, Box::new(files))),
                Ok(UnitId::Cluster) | Err(_) => {}
            }
        }
    }
    let cluster = trees.join(UnitId::Cluster.to_string());
    if cluster.is_dir() {
        all.others.apply(&Folder::open(&cluster, "/")?);
    }
    Ok(all)
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
