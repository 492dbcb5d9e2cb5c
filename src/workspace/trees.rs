//! A folder of built trees as it lies on the disk.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::compare::{Built, BuiltFile};
use crate::read::{Disk, World as _};
use crate::values::{TREES_MARKER, UnitId};
use crate::write::TreePath;

/// A unit's manifest, as far as it is read here.
#[derive(Deserialize)]
struct Manifest {
    unit: String,
    entries: Vec<ManifestEntry>,
}

#[derive(Deserialize)]
struct ManifestEntry {
    path: String,
    class: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    mode: String,
    owner: String,
    artefact: String,
    #[serde(default)]
    restart: Vec<String>,
    #[serde(default)]
    reload: Vec<String>,
}

/// Reads all trees of a folder.
///
/// # Errors
/// It is no folder of trees, or something in it cannot be read.
pub fn read_trees(folder: &Path) -> Result<Built, String> {
    if !folder.join(TREES_MARKER).is_file() {
        return Err(format!(
            "{} is no folder of trees: a build leaves a file `{TREES_MARKER}` in it; name the `NAME.trees` beside a plan",
            folder.display()
        ));
    }
    let disk =
        Disk::of_trees(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut manifests = vec![folder.join("cluster.json")];
    for kind in UnitId::GROUPS {
        let within = folder.join(kind);
        let names = disk.list(&within).unwrap_or_default();
        manifests.extend(names.iter().filter(|name| name.ends_with(".json")).map(|name| within.join(name)));
    }
    let there = manifests.into_iter().filter(|path| path.is_file()).collect::<Vec<_>>();
    let units: Result<BTreeMap<_, _>, String> = there.iter().map(|path| unit(&disk, folder, path)).collect();
    Ok(Built { units: units? })
}

fn unit(disk: &Disk, folder: &Path, path: &Path) -> Result<(UnitId, BTreeMap<String, BuiltFile>), String> {
    let cannot = |why: &dyn std::fmt::Display| format!("cannot read {}: {why}", path.display());
    let text = disk.read(path).map_err(|error| cannot(&error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| cannot(&error))?;
    let root = path.with_extension("");
    if folder.join(&manifest.unit) != root {
        return Err(cannot(&format!("it is the manifest of `{}`", manifest.unit)));
    }
    let id = manifest.unit.parse().map_err(|error| cannot(&error))?;
    let files = manifest.entries.into_iter().filter_map(|entry| file(disk, &root, entry).transpose());
    let files: Result<BTreeMap<_, _>, String> = files.collect();
    Ok((id, files?))
}

/// A line of a manifest with what lies there; none where somebody has taken the file away.
fn file(disk: &Disk, root: &Path, entry: ManifestEntry) -> Result<Option<(String, BuiltFile)>, String> {
    TreePath::new(&entry.path).map_err(|error| format!("the manifest of {}: {error}", root.display()))?;
    let path = root.join(&entry.path);
    let mode = u32::from_str_radix(&entry.mode, 8).map_err(|_| {
        format!("`{}` is no mode of a file, in the manifest of {}", entry.mode, root.display())
    })?;
    let text = match entry.kind.as_deref() {
        Some("file") => match disk.read(&path) {
            Ok(text) => Some(Zeroizing::new(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
        },
        _ => None,
    };
    let services = [entry.restart, entry.reload].concat();
    let ManifestEntry { path, class, owner, artefact, .. } = entry;
    Ok(Some((path, BuiltFile { mode, owner, class, artefact, services, text })))
}
