//! Replaces only the lock: a later build carries out its decisions.

use super::disk::Disk;
use super::error::WriteError;
use super::lock_file::LockFile;
use super::marker;
use super::session::Session;
use super::text::{Text, sha256_of};
use std::path::Path;

/// Replaces a public file as a whole: a lock that git is merging, or what lies beside a plan.
///
/// # Errors
/// What the disk refuses; the file is the old one or the new one then.
pub fn replace_public(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let file = LockFile::open(&Disk::default(), path)?;
    file.clean()?;
    file.stage(&|each| each(bytes))?;
    file.publish()
}

impl Session {
    /// Replaces the lock as a whole: written beside the old one, synced, renamed, its mode kept. Where
    /// there were no trees, there are none afterwards.
    ///
    /// # Errors
    /// What the disk refuses; the lock is the old one or the new one then.
    pub fn commit_lock(self, lock: &Text<'_>) -> Result<(), WriteError> {
        self.commit_lock_with(lock, &[])
    }

    /// The same, with certificates that it names, by file name; others that lie there stay.
    ///
    /// # Errors
    /// As above; a certificate appears only together with the lock.
    pub fn commit_lock_with(self, lock: &Text<'_>, certificates: &[(&str, &[u8])]) -> Result<(), WriteError> {
        let certificates = self.certificates.changed(certificates)?;
        let digest = sha256_of(lock);
        if !certificates.is_empty() {
            self.certificates.stage(&certificates, &digest)?;
        }
        if self.lock.sha256()?.is_none_or(|old| old != digest) {
            self.lock.stage(lock)?;
            self.lock.publish()?;
        }
        if !certificates.is_empty() {
            self.certificates.settle(&self.lock)?;
        }
        if let Some((parent, name)) = &self.made {
            // We hold the marker's lock: who has it open gets it when the folder is gone, and can make nothing
            // there; who comes later makes both anew.
            marker::remove(&self.trees)?;
            parent.remove_if_empty(name)?;
        }
        Ok(())
    }
}
