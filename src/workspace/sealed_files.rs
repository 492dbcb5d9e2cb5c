//! The sealed files next to a plan, which may be committed.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::PlanFiles;
use crate::read::World;
use crate::seal::SealedFile;

/// The secrets and keys that are sealed beside a plan, by what their paths say behind the plan's name: `secret.age`,
/// `keys/authority.etcd-1.key.age`. What cannot be read, for example since a link leads out of the root, is empty.
#[must_use]
pub fn sealed_files(world: &dyn World, files: &PlanFiles) -> BTreeMap<String, SealedFile> {
    let folder =
        files.plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = files.plan.file_stem().unwrap_or_default().to_string_lossy();
    let read = |path: &Path| SealedFile::new(world.bytes(path).unwrap_or_default());
    let mut found = BTreeMap::new();
    for name in world.list(folder).unwrap_or_default() {
        let secret = name.strip_prefix(&*stem).and_then(|rest| rest.strip_prefix('.'));
        if let Some(short) = secret.filter(|short| short.ends_with("secret.age")) {
            found.insert(short.to_owned(), read(&folder.join(&name)));
        }
    }
    for name in world.list(&files.keys).unwrap_or_default().iter().filter(|name| name.ends_with(".age")) {
        found.insert(format!("keys/{name}"), read(&files.keys.join(name)));
    }
    found
}
