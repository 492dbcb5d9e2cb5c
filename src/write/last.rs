//! What the last build of all units says of itself, in words of whoever built: `.pkiplan.last` beside the record.
//!
//! It counts only with the record that it was left with, whose digest is its first line.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::Folder;
use super::marker;
use super::record::{NEW_LAST, Record};
use super::session::Session;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

const NAME: &str = ".pkiplan.last";

impl Session {
    /// What the last build said of itself; none where it said nothing, or where the record is another one by now.
    #[must_use]
    pub fn last(&self) -> Option<String> {
        let bytes = self.trees.read(NAME).ok().flatten()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let (record, said) = text.split_once('\n')?;
        (Some(record) == Record::identity(&self.trees).as_deref()).then(|| said.to_owned())
    }

    /// How many files of ours lie in the trees, if nothing was changed since the record was left: each of so many units
    /// lies as it has them, and no other one does.
    ///
    /// # Errors
    /// What the disk refuses, and a manifest that cannot be read.
    pub fn untouched(&self, units: usize) -> Result<Option<usize>, WriteError> {
        let record = self.record();
        if record.units.len() != units || !record.units.par_iter().all(|(unit, one)| self.lies(unit, one)) {
            return Ok(None);
        }
        let all: BTreeSet<_> = record.units.keys().cloned().collect();
        let files = record.units.values().map(|one| one.files).sum();
        Ok(self.stage_gone(&all)?.is_empty().then_some(files))
    }
}

/// Leaves what the last build says of itself beside its record. Where another build has the trees, there is nothing to
/// leave.
///
/// # Errors
/// What the disk refuses.
pub fn leave_last(trees: &Path, said: &str) -> Result<(), WriteError> {
    let trees = Folder::open_outside(&Disk::default(), trees)?;
    let Ok(_marker) = marker::take(&trees) else { return Ok(()) };
    let Some(record) = Record::identity(&trees) else { return Ok(()) };
    Record::clean(&trees)?;
    trees.create(NEW_LAST, 0o600, format!("{record}\n{said}").as_bytes())?;
    trees.rename_to(NEW_LAST, &trees, NAME)
}
