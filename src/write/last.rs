//! The report of the last complete build: `.pkiplan.last` next to the record.
//!
//! It is valid only together with the record that it was written with, whose digest is its first line.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::Folder;
use super::record::{NEW_LAST, Record};
use super::session::Session;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

const NAME: &str = ".pkiplan.last";

impl Session {
    /// Leaves what this build says of itself beside its record, once it is committed.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn leave_last(&self, said: &str) -> Result<(), WriteError> {
        let Some(record) = Record::identity(&self.trees) else { return Ok(()) };
        self.trees.create(NEW_LAST, 0o600, format!("{record}\n{said}").as_bytes())?;
        self.trees.rename_to(NEW_LAST, &self.trees, NAME)
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
        let files = record.units.values().fold(0_usize, |all, one| all.saturating_add(one.files));
        Ok(self.stage_gone(&all)?.is_empty().then_some(files))
    }
}

/// What the last build has said of itself in a folder of trees; none where it said nothing, or where the record is another
/// one by now.
#[must_use]
pub fn last(trees: &Path) -> Option<String> {
    let trees = Folder::open_outside(&Disk::default(), trees).ok()?;
    let bytes = trees.read(NAME).ok().flatten()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let (record, said) = text.split_once('\n')?;
    (Some(record) == Record::identity(&trees).as_deref()).then(|| said.to_owned())
}
