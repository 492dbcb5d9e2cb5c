//! A file, directory or link of a host.

use std::sync::Arc;

use zeroize::Zeroizing;

/// No file of a host is read that is larger, in bytes: bundles and manifests are smaller by far.
pub(super) const LARGEST: u64 = 16 << 20;
/// Entries of one folder that are read.
pub(super) const MOST_ENTRIES: usize = 20_000;

/// A regular file. Its bytes may be secret.
pub struct File {
    /// What it holds.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Its permission bits; none where they are not known.
    pub mode: Option<u32>,
    /// Its owner, a name or a number; none where it is not known.
    pub owner: Option<Arc<str>>,
    /// Its group, a name or a number; none where it is not known.
    pub group: Option<Arc<str>>,
    /// Where it lies, without links.
    pub path: Arc<str>,
}

/// What something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, with its target as it is written.
    Link(Arc<str>),
    /// A device, a FIFO or a socket: its name.
    Other(&'static str),
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Where it lies, without links.
    pub path: Arc<str>,
    /// What it is.
    pub kind: Kind,
    /// Its permission bits; none where they are not known.
    pub mode: Option<u32>,
    /// Its owner, a name or a number; none where it is not known.
    pub owner: Option<Arc<str>>,
    /// Its group, a name or a number; none where it is not known.
    pub group: Option<Arc<str>>,
}

/// What lies in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name within the folder.
    pub name: Arc<str>,
    /// Whether it is a folder itself; a link never is.
    pub folder: bool,
    /// The target of a link, as it is written.
    pub link: Option<Arc<str>>,
}
