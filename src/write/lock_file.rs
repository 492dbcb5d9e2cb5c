//! The file of the lock, which is replaced atomically, as a plan is.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::Folder;
use super::secret::open_parent;
use super::text::Text;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The lock beside the plan.
pub(super) struct LockFile {
    folder: Folder,
    name: OsString,
}

impl LockFile {
    pub(super) fn open(disk: &Disk, path: &Path) -> Result<Self, WriteError> {
        let (folder, name) = open_parent(disk, path)?;
        Ok(Self { folder, name: name.to_owned() })
    }

    /// The SHA-256 of what lies there, in hexadecimal digits; none where nothing does.
    pub(super) fn sha256(&self) -> Result<Option<String>, WriteError> {
        self.folder.sha256(&self.name)
    }

    /// Writes the new lock beside the old one.
    pub(super) fn stage(&self, text: &Text<'_>) -> Result<(), WriteError> {
        let old = self.folder.stat(&self.name)?;
        self.folder.create_public(self.temporary(), old.as_ref(), text)
    }

    /// Replaces the old lock by the staged one. From here on the build has happened.
    pub(super) fn publish(&self) -> Result<(), WriteError> {
        self.folder.rename_to(self.temporary(), &self.folder, &self.name)?;
        self.folder.sync()
    }

    /// Removes what a build that did not get as far left.
    pub(super) fn clean(&self) -> Result<(), WriteError> {
        self.folder.remove_file(self.temporary()).map(drop)
    }

    fn temporary(&self) -> OsString {
        let mut name = OsStr::new(".").to_owned();
        name.push(&self.name);
        name.push(".new");
        name
    }
}
