//! Lists the files of a catalog's directory.

use std::path::{Path, PathBuf};

use super::World;
use crate::values::TREES_MARKER;

/// Files and folders that are looked at; more are no catalog, but for example a whole disk.
const MOST: usize = 4000;
/// Folders in one another; behind a link a folder can have itself within it.
const DEEPEST: usize = 16;

/// What lies below a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files by their paths from the folder, those of each folder sorted.
    pub(super) files: Vec<String>,
    /// What is more than is looked at.
    pub(super) beyond: Option<String>,
}

/// The files below `root`, as far as there are not too many.
pub(super) fn files(world: &dyn World, root: &Path) -> Found {
    let mut found = Found::default();
    let mut left = MOST;
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let mut within = Vec::new();
        let names = world.list(&root.join(&folder)).unwrap_or_default();
        // No definition lies below a folder of built trees.
        if names.iter().any(|name| name == TREES_MARKER) {
            continue;
        }
        for name in names {
            let Some(less) = left.checked_sub(1) else {
                let beyond = Some(format!("more than {MOST} files and directories"));
                return Found { beyond, ..found };
            };
            left = less;
            match name.strip_suffix('/') {
                Some(inner) if folder.components().count() < DEEPEST => within.push(folder.join(inner)),
                Some(_) => found.beyond = Some(format!("more than {DEEPEST} levels of nested directories")),
                None => found.files.push(folder.join(&name).to_string_lossy().into_owned()),
            }
        }
        folders.extend(within.into_iter().rev());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Memory;

    fn beyond(paths: impl Iterator<Item = String>) -> Option<String> {
        let world = paths.fold(Memory::default(), |world, path| world.with(format!("catalog/{path}"), ""));
        files(&world, Path::new("catalog")).beyond
    }

    #[test]
    fn folders_that_are_no_catalog_are_left() {
        assert_eq!(beyond((0..3000).map(|i| format!("t/{i}.j2"))), None);
        let many = beyond((0..5000).map(|i| format!("t/{i}.j2")));
        assert_eq!(many.as_deref(), Some("more than 4000 files and directories"));
        let deep = beyond([format!("{}a.j2", "t/".repeat(20))].into_iter());
        assert_eq!(deep.as_deref(), Some("more than 16 levels of nested directories"));
    }
}
