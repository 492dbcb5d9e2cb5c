//! Makes everything that was staged visible, in an order that survives a crash.
//!
//! 1. Everything that is staged is synced to disk.
//! 2. The lock is replaced: from here on, the build has happened.
//! 3. The certificates are put in place.
//! 4. The directory of each unit is exchanged: no file is visible that the lock does not know.
//! 5. The previous files are removed.
//! 6. A record of the new state is written.
//!
//! After the second step, nothing waits for the disk again: a file system with a journal keeps the order, and the next
//! build repeats an exchange that was lost.

use super::change::Summary;
use super::error::WriteError;
use super::folder::Folder;
use super::gone::Gone;
use super::manifest::sha256;
use super::path::UnitName;
use super::record::Made;
use super::session::Session;
use super::staged::{Move, Replace, Staged};
use super::staging;
use super::text::{Text, sha256_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Done<T = ()> = Result<T, WriteError>;

impl Session {
    /// Makes visible what was staged.
    ///
    /// `lock` is the new lock, or `None` if it stays. `certificates` are those that the lock names, by file
    /// name; others that lie there stay. `units` are all units there are: one that is in it and was not
    /// staged stays as it is, one that is not and lies in the trees is removed, but for files that are not
    /// ours.
    pub fn commit(
        self,
        lock: Option<&[u8]>,
        certificates: &[(&str, &[u8])],
        units: &BTreeSet<UnitName>,
    ) -> Done<Summary> {
        let text = lock.map(|bytes| move |each: &mut dyn FnMut(&[u8])| each(bytes));
        let lock = text.as_ref().map(|text| text as &Text<'_>);
        self.commit_made(lock, certificates, units, &Made::default())
    }

    /// The same, with a record of what all was made from, so that the next build can [keep](Session::keep) units. The trees
    /// stay locked until the session is dropped.
    pub fn commit_made(
        &self,
        lock: Option<&Text<'_>>,
        certificates: &[(&str, &[u8])],
        units: &BTreeSet<UnitName>,
        made: &Made,
    ) -> Done<Summary> {
        let staged = self.take_staged()?;
        if let Some(unit) = staged.keys().find(|unit| !units.contains(*unit)) {
            let reason = "it was staged, but is not among all units";
            return Err(WriteError::Unit { unit: unit.clone(), reason });
        }
        let gone = self.stage_gone(units)?;
        let (old_digest, new_digest) = (self.lock.sha256()?, lock.map(sha256_of));
        let new_lock = lock.filter(|_| old_digest != new_digest);
        let certificates = self.certificates.changed(certificates)?;
        let mut summary = summary_of(&staged, &gone);
        summary.lock = new_lock.is_some();
        summary.certificates = certificates.iter().map(|(name, _)| (*name).to_owned()).collect();

        let of_lock = || new_digest.or(old_digest).unwrap_or_else(|| sha256(&[]));
        let digest = (!certificates.is_empty()).then(of_lock);
        if let Some(digest) = &digest {
            self.certificates.stage(&certificates, digest)?;
        }
        if let Some(lock) = new_lock {
            self.lock.stage(lock)?;
        }
        if self.sync && self.staging.is_used() {
            self.trees.sync_all()?;
        }
        if new_lock.is_some() {
            self.lock.publish()?;
        }
        if let Some(digest) = &digest {
            self.certificates.settle_for(digest)?;
        }
        for (unit, staged) in &staged {
            self.publish(unit, staged)?;
        }
        for gone in &gone {
            self.withdraw(gone)?;
        }
        if self.staging.is_used() {
            staging::clean(&self.trees)?;
        }
        // Without a record the next build reads everything, and that is all.
        let _ = self.leave_record(&staged, made);
        Ok(summary)
    }

    fn publish(&self, unit: &UnitName, staged: &Staged) -> Done {
        if staged.is_empty() {
            return Ok(());
        }
        let visible = self.visible_or_made(unit.group())?;
        let from = self.staging.group(&self.trees, unit.group())?;
        let base = unit.base();
        let manifest = format!("{base}.json");
        // The manifest comes first, so that no file of ours is ever taken for someone else's.
        if staged.leaving {
            from.rename_to(format!(".{manifest}"), &visible, &manifest)?;
        } else if staged.manifest == Replace::Put {
            from.rename_to(&manifest, &visible, &manifest)?;
        }
        self.move_folder(&from, &visible, base, staged.folder)?;
        if staged.leaving {
            from.rename_to(&manifest, &visible, &manifest)?;
        }
        replace(&from, &visible, &format!("{base}.sha256"), staged.checksums)
    }

    /// Removes a unit. Its manifest goes last, so that the next build goes on if this one cannot.
    fn withdraw(&self, gone: &Gone) -> Done {
        let visible = self.visible_or_made(gone.name.group())?;
        let base = gone.name.base();
        if gone.folder != Move::Stay {
            let staged = self.staging.group(&self.trees, gone.name.group())?;
            self.move_folder(&staged, &visible, base, gone.folder)?;
        }
        visible.remove_file(format!("{base}.sha256"))?;
        visible.remove_file(format!("{base}.json")).map(drop)
    }

    fn move_folder(&self, staged: &Folder, visible: &Folder, base: &str, how: Move) -> Done {
        match how {
            Move::Stay => Ok(()),
            Move::Appear => staged.rename_to(base, visible, base),
            Move::Exchange => staging::exchange(staged, visible, base),
            Move::Vanish => visible.rename_to(base, staged, base),
        }
    }

    fn visible_or_made(&self, group: &str) -> Done<Arc<Folder>> {
        match self.visible(group)? {
            Some(folder) => Ok(folder),
            None => self.trees.open_or_make(group, 0o700).map(Arc::new),
        }
    }
}

fn replace(staged: &Folder, visible: &Folder, file: &str, how: Replace) -> Done {
    match how {
        Replace::Keep => Ok(()),
        Replace::Put => staged.rename_to(file, visible, file),
        Replace::Drop => visible.remove_file(file).map(drop),
    }
}

fn summary_of(staged: &BTreeMap<UnitName, Staged>, gone: &[Gone]) -> Summary {
    let mut summary = Summary {
        removed: gone.iter().map(|gone| gone.name.clone()).collect(),
        files_removed: gone.iter().map(|gone| gone.removed).sum(),
        ..Summary::default()
    };
    for staged in staged.values() {
        summary.changed += usize::from(!staged.is_empty());
        summary.unchanged += usize::from(staged.is_empty());
        summary.files_written += staged.written;
        summary.files_unchanged += staged.unchanged;
        summary.files_removed += staged.removed;
    }
    summary
}
