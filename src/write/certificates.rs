//! Writes the certificates next to the lock.
//!
//! They follow the lock: they are staged before it is replaced, and put in place after it. A crash in between would
//! leave a lock that names certificates which do not exist. The staging directory therefore records the lock that it
//! belongs to, and the next run puts the certificates in place if that lock is the current one.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::Folder;
use super::lock_file::LockFile;
use super::manifest::sha256;
use super::path::check_file_name;
use super::secret::open_parent;
use super::staging::is_hidden;
use std::ffi::OsString;
use std::path::Path;

const STAGING: &str = ".pkiplan.staging";
/// The digest of the lock that the staged certificates belong to.
const RECORD: &str = ".lock";

/// The folder of the certificates, which need not exist.
pub(super) struct Certificates {
    parent: Folder,
    name: OsString,
}

type Done<T = ()> = Result<T, WriteError>;

impl Certificates {
    pub(super) fn open(disk: &Disk, path: &Path) -> Done<Self> {
        let (parent, name) = open_parent(disk, path)?;
        Ok(Self { parent, name: name.to_owned() })
    }

    /// Those that do not lie there as they are.
    pub(super) fn changed<'c>(&self, all: &[(&'c str, &'c [u8])]) -> Done<Vec<(&'c str, &'c [u8])>> {
        let folder = self.parent.open(&self.name)?;
        let mut changed = Vec::new();
        for &(name, bytes) in all {
            check_file_name("certificate's file", name)?;
            let there = match &folder {
                Some(folder) => folder.read(name)?,
                None => None,
            };
            if there.is_none_or(|there| *there != bytes) {
                changed.push((name, bytes));
            }
        }
        Ok(changed)
    }

    /// Writes certificates where nobody looks, for a lock of this digest.
    pub(super) fn stage(&self, changed: &[(&str, &[u8])], lock: &str) -> Done {
        let folder = match self.parent.open(&self.name)? {
            Some(folder) => folder,
            None => {
                self.parent.make_public(&self.name)?;
                self.parent.open_existing(&self.name)?
            }
        };
        let staging = folder.open_or_make(STAGING, 0o700)?;
        for (name, bytes) in changed {
            staging.create_public(name, folder.stat(name)?.as_ref(), &|each| each(bytes))?;
        }
        staging.create_public(RECORD, None, &|each| each(lock.as_bytes()))?;
        staging.sync()?;
        folder.sync()
    }

    /// Ends what was staged: puts it in place if the lock is the one it belongs to, and removes it if not.
    pub(super) fn settle(&self, lock: &LockFile) -> Done {
        let Some(folder) = self.parent.open(&self.name)? else { return Ok(()) };
        if folder.stat(STAGING)?.is_none() {
            return Ok(());
        }
        self.settle_for(&lock.sha256()?.unwrap_or_else(|| sha256(&[])))
    }

    /// The same, for a lock of this digest.
    pub(super) fn settle_for(&self, lock: &str) -> Done {
        let Some(folder) = self.parent.open(&self.name)? else { return Ok(()) };
        let Some(staging) = folder.open(STAGING)? else { return Ok(()) };
        let record = staging.read(RECORD)?;
        let belongs = record.is_some_and(|record| *record == lock.as_bytes());
        for name in staging.names()?.iter().filter(|name| !is_hidden(&name.name)) {
            if belongs {
                staging.rename_to(&name.name, &folder, &name.name)?;
            } else {
                staging.remove_file(&name.name)?;
            }
        }
        if belongs {
            folder.sync()?;
        }
        // The record goes last: what is left without it would be thrown away.
        staging.remove_file(RECORD)?;
        folder.remove_if_empty(STAGING)
    }
}
