//! Reads a directory of built trees, for `pkiplan diff`.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde::Deserialize;

use crate::compare::{Built, BuiltContent, BuiltFile, BuiltUnit};
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
    group: String,
    artefact: String,
    #[serde(default)]
    keyed: Option<String>,
    #[serde(default)]
    restart: Vec<String>,
    #[serde(default)]
    reload: Vec<String>,
}

/// That a folder holds no trees.
pub(super) fn no_trees(folder: &Path) -> String {
    format!(
        "{} is not a directory of built trees: it has no file `{TREES_MARKER}`; name the `NAME.trees` next to a plan",
        folder.display()
    )
}

/// Reads all trees of a folder.
///
/// # Errors
/// It is no folder of trees, or something in it cannot be read.
pub fn read_trees(folder: &Path) -> Result<Built, String> {
    let disk = disk(folder)?;
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

/// A folder of trees, if it is one.
fn disk(folder: &Path) -> Result<Disk, String> {
    if !folder.join(TREES_MARKER).is_file() {
        return Err(no_trees(folder));
    }
    Disk::of_trees(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))
}

fn unit(disk: &Disk, folder: &Path, path: &Path) -> Result<(UnitId, BuiltUnit), String> {
    let cannot = |why: &dyn std::fmt::Display| format!("cannot read {}: {why}", path.display());
    let text = disk.read(path).map_err(|error| cannot(&error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| cannot(&error))?;
    let root = path.with_extension("");
    if folder.join(&manifest.unit) != root {
        return Err(cannot(&format!("it is the manifest of `{}`", manifest.unit)));
    }
    let id = manifest.unit.parse().map_err(|error| cannot(&error))?;
    let mut unit = BuiltUnit { manifest: text, ..BuiltUnit::default() };
    unit.checksums = disk.read(&path.with_extension("sha256")).ok();
    unit.folders.extend(mode_of(&root, Kind::Folder)?.map(|mode| (String::new(), mode)));
    for entry in manifest.entries {
        TreePath::new(&entry.path).map_err(|error| format!("the manifest of {}: {error}", root.display()))?;
        folders(&root, &entry, &mut unit.folders)?;
        unit.files.extend(file(disk, &root, entry)?);
    }
    Ok((id, unit))
}

/// A line of a manifest with what lies there; none where somebody has taken the file away.
fn file(disk: &Disk, root: &Path, entry: ManifestEntry) -> Result<Option<(String, BuiltFile)>, String> {
    let at = root.join(&entry.path);
    let mode = u32::from_str_radix(&entry.mode, 8)
        .map_err(|_| format!("`{}` is not a file mode, in the manifest of {}", entry.mode, root.display()))?;
    let (lies_with, held) = match entry.kind.as_deref() {
        None => (None, None),
        Some("file") => {
            let Some(mode) = mode_of(&at, Kind::File)? else { return Ok(None) };
            (Some(mode), Some(held(disk, &at)?))
        }
        Some(_) => {
            let Some(mode) = mode_of(&at, Kind::Folder)? else { return Ok(None) };
            (Some(mode), None)
        }
    };
    let services = [entry.restart, entry.reload].concat();
    let ManifestEntry { path, class, owner, group, artefact, keyed, .. } = entry;
    Ok(Some((path, BuiltFile { mode, lies_with, owner, group, class, artefact, services, keyed, held })))
}

fn held(disk: &Disk, path: &Path) -> Result<BuiltContent, String> {
    disk.bytes(path).map(BuiltContent::of).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// The folders in which something lies.
fn folders(root: &Path, entry: &ManifestEntry, folders: &mut BTreeMap<String, u32>) -> Result<(), String> {
    let parents = entry.path.match_indices('/').map(|(end, _)| &entry.path[..end]);
    for path in parents.filter(|_| entry.kind.is_some()) {
        if !folders.contains_key(path) {
            folders.extend(mode_of(&root.join(path), Kind::Folder)?.map(|mode| (path.to_owned(), mode)));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
}

/// The permission bits of what lies at a path, if anything does.
fn mode_of(path: &Path, kind: Kind) -> Result<Option<u32>, String> {
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    match kind {
        Kind::File if found.is_file() => {}
        Kind::Folder if found.is_dir() => {}
        Kind::File => return Err(format!("{} is not a file, and a build would refuse it", path.display())),
        Kind::Folder => {
            return Err(format!("{} is not a directory, and a build would refuse it", path.display()));
        }
    }
    Ok(Some(found.permissions().mode() & 0o7777))
}
