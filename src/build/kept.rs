//! Skips units that would be built with the same bytes, and leaves their files as they are.

use std::collections::BTreeMap;

use super::made_from::{Digest, made_from};
use super::stopped::Unmade;
use super::unit::{Job, RenderedUnit, StagedUnit, unit_of};
use crate::fill::Credentials;
use crate::write::{Same, Session, UnitName};

/// What is known of an earlier build.
pub struct Kept<'k> {
    /// The trees.
    pub session: &'k Session,
    /// What they would be made with.
    pub credentials: &'k Credentials<'k>,
    /// What is the same as then.
    pub same: Same,
}

impl Kept<'_> {
    /// Keeps a unit that nothing can have changed.
    ///
    /// # Errors
    /// The disk's.
    pub fn before_rendering(&self, job: Job) -> Result<Option<StagedUnit>, Unmade> {
        if self.same != Same::Everything {
            return Ok(None);
        }
        let Some(unit) = unit_of(self.credentials.blueprint(), job) else { return Ok(None) };
        self.keep(UnitName::new(&unit.to_string())?, None)
    }

    /// Keeps a unit whose sheets, and all that fills them, are the same.
    ///
    /// # Errors
    /// The disk's.
    pub fn before_issuing(&self, rendered: &RenderedUnit) -> Result<Option<StagedUnit>, Unmade> {
        if self.same == Same::Nothing {
            return Ok(None);
        }
        match made_from(self.credentials, rendered.sheets(), &BTreeMap::new()) {
            Some(digest) => self.keep(UnitName::new(&rendered.unit().to_string())?, Some(&digest)),
            None => Ok(None),
        }
    }

    fn keep(&self, name: UnitName, digest: Option<&Digest>) -> Result<Option<StagedUnit>, Unmade> {
        let kept = self.session.keep(&name, digest)?;
        // The lock has the fingerprints of what is kept.
        Ok(kept.map(|digest| StagedUnit { name, digests: Vec::new(), made_from: Some(digest) }))
    }
}
