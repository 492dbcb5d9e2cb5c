//! How a unit looked when its files were known to be right, so that what is changed while a build goes on is not recorded
//! as right.

use super::error::WriteError;
use super::folder::Folder;
use super::look::{Digest, Names, Shared, look, names};
use super::path::UnitName;
use std::sync::Arc;

/// A look at a unit.
pub(super) struct Seen {
    names: Arc<Names>,
    digest: Digest,
    /// Whether the unit lay in the staging folder then.
    is_staged: bool,
}

impl Seen {
    /// Looks at a unit that is to be compared. Whatever changes it from now on changes its look.
    pub(super) fn before(group: &Folder, unit: &UnitName, shared: &Shared) -> Result<Self, WriteError> {
        let names = shared.one(names(group, unit)?);
        let digest = look(group, unit, &names)?.digest;
        Ok(Self { names, digest, is_staged: false })
    }

    /// Looks at a unit that was made from nothing, in the staging folder.
    pub(super) fn staged(group: &Folder, unit: &UnitName, names: Arc<Names>) -> Result<Self, WriteError> {
        let digest = look(group, unit, &names)?.steady;
        Ok(Self { names, digest, is_staged: true })
    }

    /// How the unit looks now that it is in its place, if nothing else has happened to it.
    pub(super) fn in_place(&self, group: &Folder, unit: &UnitName) -> Option<(Arc<Names>, Digest)> {
        if !self.is_staged {
            return Some((Arc::clone(&self.names), self.digest));
        }
        let now = look(group, unit, &self.names).ok()?;
        (now.steady == self.digest).then(|| (Arc::clone(&self.names), now.digest))
    }
}
