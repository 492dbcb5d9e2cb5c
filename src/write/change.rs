//! The changes that a build made to the trees.

use super::path::UnitName;

/// What happens to one path of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It did not lie there.
    Added,
    /// Its content changed; its mode may have, too.
    Content,
    /// Its mode changed and its content did not.
    Mode,
    /// It was ours and lies there no more.
    Removed,
}

/// One path of a unit that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// The path inside the unit.
    pub path: String,
    /// What happens to it.
    pub kind: ChangeKind,
}

/// What a build does to one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChange {
    /// The unit.
    pub unit: UnitName,
    /// Files that are written.
    pub written: usize,
    /// Files that stay, with their inode and their time.
    pub unchanged: usize,
    /// Files of ours that are removed.
    pub removed: usize,
    /// Whether its manifest or its checksum list changes: owners, classes and the lock stand only there.
    pub beside: bool,
    /// Each file and each declared folder that changes, sorted by path.
    pub paths: Vec<PathChange>,
}

impl UnitChange {
    /// Whether nothing of it changes.
    pub fn is_empty(&self) -> bool {
        !self.beside && self.paths.is_empty()
    }
}

/// What a build did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Whether the lock was replaced.
    pub lock: bool,
    /// The certificates that were written.
    pub certificates: Vec<String>,
    /// Units that changed.
    pub changed: usize,
    /// Units of which nothing changed.
    pub unchanged: usize,
    /// Units that are no more.
    pub removed: Vec<UnitName>,
    /// Files in units that were written.
    pub files_written: usize,
    /// Files in units that stayed.
    pub files_unchanged: usize,
    /// Files in units that were removed, with those of units that are no more.
    pub files_removed: usize,
}
