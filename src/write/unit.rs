//! The input of this module: the files of one unit.

use super::path::{TreePath, UnitName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Whose a path is once it lies on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Always ours.
    Managed,
    /// Written on the host only where nothing lies yet. In the tree it is a file like any other.
    Seed,
    /// Something else writes it; it has a line in the manifest and nothing in the tree.
    Runtime,
    /// It was ours and is to be removed; it has a line in the manifest and nothing in the tree.
    Absent,
}

impl Class {
    /// Whether something of this class lies in the tree.
    pub(super) fn has_bytes(self) -> bool {
        matches!(self, Self::Managed | Self::Seed)
    }
}

/// What lies at a path. It may be secret, so it has no `Debug`, and its bytes are wiped when dropped.
pub enum Content {
    /// A folder.
    Folder,
    /// A file and its bytes.
    File(Zeroizing<Vec<u8>>),
    /// Nothing: the entry is only a line of the manifest.
    Nothing,
}

/// One path of a unit.
pub struct Entry {
    /// Where it lies, relative to the host's root.
    pub path: TreePath,
    /// Whose it is.
    pub class: Class,
    /// What lies there.
    pub content: Content,
    /// Its mode, in the tree and on the host.
    pub mode: u32,
    /// Its owner on the host; the tree does not know it.
    pub owner: Arc<str>,
    /// Its group on the host; the tree does not know it.
    pub group: Arc<str>,
    /// The id of what it is, for the reader of a manifest or an error.
    pub artefact: String,
    /// The systemd units that have to be restarted when it changes.
    pub restart: Vec<Arc<str>>,
    /// The systemd units that have to be reloaded when it changes.
    pub reload: Vec<Arc<str>>,
    /// A keyed digest to be shown instead of the SHA-256, for content that is secret and short enough to be guessed.
    pub keyed: Option<String>,
}

/// All files of one host, one user or the cluster: a folder that becomes visible as a whole.
pub struct Unit {
    /// Its name, which is its path below the trees.
    pub name: UnitName,
    /// What the manifest says about the lock. A text that changes with every lock makes every manifest change.
    pub lock: Option<String>,
    /// Its files, in any order.
    pub entries: Vec<Entry>,
}
