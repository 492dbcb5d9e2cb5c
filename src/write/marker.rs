//! The marker file, which identifies a directory of trees and locks it against concurrent builds.

use super::disk::{self, PRIVATE};
use super::error::WriteError;
use super::folder::Folder;
use crate::values::TREES_MARKER as NAME;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;

const TEXT: &[u8] = b"pkiplan trees 1\nThis folder is written by pkiplan. What it wrote it also removes.\n";

/// The lock of the trees, given back when dropped.
pub(super) struct Marker(OwnedFd);

impl Drop for Marker {
    fn drop(&mut self) {
        // Closing is not enough: a process that another thread has just forked has the file open, too, until it
        // becomes another program.
        disk::unlock(self.0.as_fd());
    }
}

/// Takes the lock of the trees. A folder without marker has to be empty.
pub(super) fn take(trees: &Folder) -> Result<Marker, WriteError> {
    let name = NAME.as_ref();
    let marker = match open(trees)? {
        Some(marker) => marker,
        None => make(trees)?,
    };
    match trees.disk().lock(marker.as_fd()) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Err(WriteError::Busy { path: trees.path().to_owned() }),
        Err(error) => return Err(trees.error("lock", name, error)),
    }
    let marker = Marker(marker);
    let text = trees.read_open(marker.0.as_fd(), name)?;
    match TEXT.strip_prefix(text.as_slice()) {
        Some([]) => Ok(marker),
        // The build that made it did not get to its end. We stand where reading stopped.
        Some(rest) => match trees.disk().write(marker.0.as_fd(), rest) {
            Ok(()) => Ok(marker),
            Err(error) => Err(trees.error("write", name, error)),
        },
        None => Err(WriteError::OtherFormat { path: trees.place(NAME) }),
    }
}

/// Removes the marker of a folder that is given up.
pub(super) fn remove(trees: &Folder) -> Result<(), WriteError> {
    trees.remove_file(NAME).map(drop)
}

fn open(trees: &Folder) -> Result<Option<OwnedFd>, WriteError> {
    match trees.disk().open_to_change(trees.fd(), NAME.as_ref()) {
        Ok(marker) => Ok(Some(marker)),
        Err(Errno::NOENT) => Ok(None),
        Err(Errno::LOOP | Errno::ISDIR | Errno::NXIO) => Err(trees.not_a(NAME.as_ref(), "a file")),
        Err(error) => Err(trees.error("open", NAME.as_ref(), error)),
    }
}

fn make(trees: &Folder) -> Result<OwnedFd, WriteError> {
    let is_marker = |name: &super::disk::Name| name.name == NAME;
    let names = trees.names()?;
    if !names.is_empty() && !names.iter().any(is_marker) {
        return Err(WriteError::NotOurs { path: trees.path().to_owned() });
    }
    match trees.disk().create(trees.fd(), NAME.as_ref(), PRIVATE) {
        Ok(marker) => match trees.disk().set_mode(marker.as_fd(), PRIVATE) {
            Ok(()) => Ok(marker),
            Err(error) => Err(trees.error("write", NAME.as_ref(), error)),
        },
        // Another build was faster, and will have the lock.
        Err(Errno::EXIST) => open(trees)?.ok_or_else(|| trees.error("open", NAME.as_ref(), Errno::NOENT)),
        Err(error) => Err(trees.error("write", NAME.as_ref(), error)),
    }
}
