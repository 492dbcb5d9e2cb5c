//! The sealed files beside a plan, which may be committed.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::files::PlanFiles;
use crate::read::World;
use crate::seal::SealedFile;

/// The secrets and keys that are sealed beside a plan, by what their paths say behind the plan's name: `secret.age`,
/// `keys/authority.etcd-1.key.age`.
///
/// # Errors
/// What is there and cannot be read.
pub fn sealed_files(world: &dyn World, files: &PlanFiles) -> Result<BTreeMap<String, SealedFile>, String> {
    let folder =
        files.plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = files.plan.file_stem().unwrap_or_default().to_string_lossy();
    let mut found = BTreeMap::new();
    for name in names(world, folder)? {
        let secret = name.strip_prefix(&*stem).and_then(|rest| rest.strip_prefix('.'));
        if let Some(short) = secret.filter(|short| short.ends_with("secret.age")) {
            found.insert(short.to_owned(), read(world, &folder.join(&name))?);
        }
    }
    for name in names(world, &files.keys)?.into_iter().filter(|name| name.ends_with(".age")) {
        found.insert(format!("keys/{name}"), read(world, &files.keys.join(&name))?);
    }
    Ok(found)
}

fn names(world: &dyn World, folder: &Path) -> Result<Vec<String>, String> {
    match world.list(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(|error| format!("cannot read the folder {}: {error}", world.name(folder))),
    }
}

fn read(world: &dyn World, path: &Path) -> Result<SealedFile, String> {
    let bytes = world.bytes(path).map_err(|error| format!("cannot read {}: {error}", world.name(path)))?;
    Ok(SealedFile::new(bytes))
}
