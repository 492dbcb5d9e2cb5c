//! How a unit looked when its files were known to be correct, so that later changes are not recorded as correct.

use super::error::WriteError;
use super::folder::Folder;
use super::look::{Digest, Inside, Names, Shared, inside, look, names, outside};
use super::path::UnitName;
use std::sync::Arc;

/// A look at a unit.
pub(super) struct Seen {
    names: Arc<Names>,
    look: Then,
}

/// Where the unit lay then.
enum Then {
    /// In its place, where it stays.
    InPlace(Digest),
    /// In the staging folder, from which it is moved: how it looked but for what a move changes.
    Staged { outside: Digest, inside: Inside },
}

impl Seen {
    /// Looks at a unit that is to be compared. Whatever changes it from now on changes its look.
    pub(super) fn before(group: &Folder, unit: &UnitName, shared: &Shared) -> Result<Self, WriteError> {
        let names = shared.one(names(group, unit)?);
        let look = Then::InPlace(look(group, unit, &names)?.digest);
        Ok(Self { names, look })
    }

    /// Looks at a unit that was made from nothing, in the staging folder.
    pub(super) fn staged(group: &Folder, unit: &UnitName, names: Arc<Names>) -> Result<Self, WriteError> {
        let outside = outside(group, unit, &names)?.steady;
        let look = Then::Staged { outside, inside: inside(group, unit, &names)? };
        Ok(Self { names, look })
    }

    /// How the unit looks in its place if nothing else has happened to it: what was changed in its folder since then looks
    /// otherwise at the next look.
    pub(super) fn in_place(&self, group: &Folder, unit: &UnitName) -> Option<(Arc<Names>, Digest)> {
        let digest = match &self.look {
            Then::InPlace(digest) => *digest,
            Then::Staged { outside: then, inside } => {
                let now = outside(group, unit, &self.names).ok()?;
                (now.steady == *then).then(|| now.with(*inside).digest)?
            }
        };
        Some((Arc::clone(&self.names), digest))
    }
}
