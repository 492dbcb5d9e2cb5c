//! Keeps units that need not be built again, because they would be the same and are unchanged on disk.

use super::error::WriteError;
use super::look::{self, Digest};
use super::path::UnitName;
use super::record::{Inputs, Made, Record, Recorded, Same};
use super::session::Session;
use super::staged::Staged;
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Session {
    /// What of these inputs is the same as when the trees were made that lie here; only the base counts where `inputs`
    /// are not known yet.
    pub fn same(&self, base: &Digest, inputs: Option<&Inputs>) -> Same {
        let earlier = &self.record().inputs;
        if inputs == Some(earlier) {
            Same::Everything
        } else if earlier.base == *base {
            Same::Base
        } else {
            Same::Nothing
        }
    }

    /// Keeps a unit as it is, instead of staging it, and says what it was made from: where the record has it, made from
    /// `made_from` if that is said, and nothing of it was changed since.
    ///
    /// # Errors
    /// A unit that has no place, and what the disk refuses.
    pub fn keep(&self, unit: &UnitName, made_from: Option<&Digest>) -> Result<Option<Digest>, WriteError> {
        let record = self.record();
        let Some(recorded) = record.units.get(unit) else { return Ok(None) };
        if made_from.is_some_and(|wanted| *wanted != recorded.made_from) {
            return Ok(None);
        }
        if !self.lies(unit, recorded) {
            return Ok(None);
        }
        self.stays(unit, recorded.clone())?;
        Ok(Some(recorded.made_from))
    }

    /// Whether a unit lies there as it was recorded. What is wrong there is for whoever stages it to say.
    pub(super) fn lies(&self, unit: &UnitName, recorded: &Recorded) -> bool {
        let Ok(Some(group)) = self.visible(unit.group()) else { return false };
        let look = look::look(&group, unit, &recorded.names);
        look.is_ok_and(|look| look.digest == recorded.look && look.changed < self.record().clock)
    }

    pub(super) fn record(&self) -> &Record {
        self.record.get_or_init(|| Record::read(&self.trees))
    }

    /// Leaves a record of what lies there now, unless the earlier one says the same.
    pub(super) fn leave_record(
        &self,
        staged: &BTreeMap<UnitName, Staged>,
        made: &Made,
    ) -> Result<(), WriteError> {
        let record = self.record();
        let all_kept =
            made.units.keys().all(|unit| staged.get(unit).is_some_and(|one| one.recorded.is_some()));
        if all_kept && record.inputs == made.inputs && record.units.len() == made.units.len() {
            return Ok(());
        }
        Record::replace(&self.trees, made.inputs, || {
            let units = made.units.par_iter();
            let seen = units.filter_map(|(unit, made_from)| {
                let staged = staged.get(unit)?;
                let recorded = staged.recorded.clone().or_else(|| self.recorded(unit, made_from, staged));
                Some((unit.clone(), recorded?))
            });
            seen.collect::<Vec<_>>().into_iter().collect()
        })
    }

    /// How a unit lies there; none where nobody knows that it is right, so that the next build reads it.
    fn recorded(&self, unit: &UnitName, made_from: &Digest, staged: &Staged) -> Option<Recorded> {
        let group = self.visible(unit.group()).ok()??;
        let (names, look) = staged.seen.as_ref()?.in_place(&group, unit)?;
        Some(Recorded { made_from: *made_from, look, files: staged.files(), names })
    }
}
