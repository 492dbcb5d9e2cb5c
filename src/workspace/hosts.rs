//! The hosts of a folder of built trees, as their programs would find their files.

use std::path::Path;
use std::sync::Arc;

use super::trees::{Manifest, disk};
use crate::host::{Folder, Owners};
use crate::read::World as _;
use crate::values::UnitId;

/// The names of all hosts in a folder of trees, sorted.
///
/// # Errors
/// It is no folder of trees, or cannot be read.
pub fn hosts_of_trees(folder: &Path) -> Result<Vec<String>, String> {
    let names = disk(folder)?.list(&folder.join(HOSTS)).unwrap_or_default();
    Ok(names.iter().filter_map(|name| name.strip_suffix(".json")).map(str::to_owned).collect())
}

/// The files of one host: what lies in its tree with the modes that it has there, owned as its manifest says.
///
/// # Errors
/// Its tree or its manifest cannot be read.
pub fn host_of_trees(folder: &Path, name: &str) -> Result<Folder, String> {
    let path = folder.join(HOSTS).join(format!("{name}.json"));
    let cannot = |why: &dyn std::fmt::Display| format!("cannot read {}: {why}", path.display());
    let text = disk(folder)?.read(&path).map_err(|error| cannot(&error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| cannot(&error))?;
    if manifest.unit.parse() != Ok(UnitId::Host(name.into())) {
        return Err(cannot(&format!("it is the manifest of `{}`", manifest.unit)));
    }
    let owner = |path: &str, owner: String, group: String| {
        (Arc::from(format!("/{path}")), (owner.into(), group.into()))
    };
    let owners: Owners =
        manifest.entries.into_iter().map(|entry| owner(&entry.path, entry.owner, entry.group)).collect();
    Ok(Folder::open(&path.with_extension(""), "/")?.owned(owners))
}

/// The folder of hosts among the units.
const HOSTS: &str = "hosts";
