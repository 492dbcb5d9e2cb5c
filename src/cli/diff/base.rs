//! The base of `pkiplan diff`: a git revision, another plan, or built trees.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::sides::Side;
use super::standing;
use crate::compare::Built;
use crate::git::Revision;
use crate::read::{Bounds, Disk, World as _};
use crate::workspace::{Failure, read_trees};

/// Where the other state is.
pub(in crate::cli) enum Place {
    /// Another plan on the disk.
    Plan(PathBuf, Disk),
    /// The plan as it was committed, and what hosts have of it.
    Revision(Revision, Option<String>),
    /// What was built.
    Trees(PathBuf),
}

/// The other state.
pub(in crate::cli) enum Other<'p> {
    /// The revision has no such plan: everything is new.
    Nothing,
    /// A plan.
    Plan(Box<Side<'p>>),
    /// Built trees.
    Trees(Built),
}

/// A path that is there is meant as such, anything else is a revision. Where nothing is asked for, it is what hosts have,
/// or else `HEAD`.
pub(in crate::cli) fn place(plan: &Path, asked: Option<&str>, bounds: &Bounds) -> Result<Place, Failure> {
    let Some(asked) = asked else {
        return Ok(match standing::standing(plan, bounds)? {
            Some((revision, who)) => Place::Revision(revision, Some(who)),
            None => Place::Revision(Revision::find(plan, "HEAD", bounds)?, None),
        });
    };
    let path = Path::new(asked);
    if path.is_file() {
        return Ok(Place::Plan(path.to_owned(), Disk::around(path, bounds)?));
    }
    if path.is_dir() {
        return Ok(Place::Trees(path.to_owned()));
    }
    Ok(Place::Revision(Revision::find(plan, asked, bounds)?, None))
}

impl Place {
    /// Reads the other state.
    pub(in crate::cli) fn read(&self, plan: &Path) -> Result<Other<'_>, Failure> {
        match self {
            Place::Trees(folder) => Ok(Other::Trees(read_trees(folder)?)),
            Place::Plan(path, disk) => Ok(Other::Plan(Box::new(Side::read(disk, path)?))),
            Place::Revision(revision, _) => match revision.read(plan) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Other::Nothing),
                _ => Ok(Other::Plan(Box::new(Side::read(revision, plan)?))),
            },
        }
    }

    /// How to ask for it again.
    pub(in crate::cli) fn asked(&self) -> String {
        match self {
            Place::Plan(path, _) | Place::Trees(path) => path.display().to_string(),
            Place::Revision(revision, _) => revision.asked().to_owned(),
        }
    }

    /// As people call it; of a revision also that it has no such plan.
    pub(in crate::cli) fn shown(&self, other: &Other<'_>) -> String {
        match (self, other) {
            (Place::Plan(path, _) | Place::Trees(path), _) => path.display().to_string(),
            (Place::Revision(revision, _), Other::Nothing) => {
                format!("{}, which has no such plan", revision.shown())
            }
            (Place::Revision(revision, Some(who)), _) => format!("{}, {who}", revision.shown()),
            (Place::Revision(revision, None), _) => revision.shown(),
        }
    }
}
