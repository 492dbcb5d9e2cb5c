//! What a plan is compared with.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::sides::Side;
use crate::compare::Built;
use crate::git::Revision;
use crate::read::{Disk, World as _};
use crate::workspace::{Failure, read_trees};

/// Where the other state is.
pub(super) enum Base {
    /// Another plan on the disk.
    Plan(PathBuf),
    /// The plan as it was committed.
    Revision(Revision),
    /// What was built.
    Trees(PathBuf),
}

/// The other state.
pub(super) enum Other {
    /// The revision has no such plan: everything is new.
    Nothing,
    /// A plan.
    Plan(Box<Side>),
    /// Built trees.
    Trees(Built),
}

/// A path that is there is meant as such, anything else is a revision.
pub(super) fn base(plan: &Path, asked: &str) -> Result<Base, Failure> {
    let path = Path::new(asked);
    if path.is_file() {
        return Ok(Base::Plan(path.to_owned()));
    }
    if path.is_dir() {
        return Ok(Base::Trees(path.to_owned()));
    }
    Ok(Base::Revision(Revision::find(plan, asked)?))
}

impl Base {
    /// Reads the other state.
    pub(super) fn read(&self, plan: &Path) -> Result<Other, Failure> {
        match self {
            Base::Trees(folder) => Ok(Other::Trees(read_trees(folder)?)),
            Base::Plan(path) => Ok(Other::Plan(Box::new(Side::read(&Disk, path)?))),
            Base::Revision(revision) => match revision.read(plan) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Other::Nothing),
                _ => Ok(Other::Plan(Box::new(Side::read(revision, plan)?))),
            },
        }
    }

    /// As people call it; of a revision also that it has no such plan.
    pub(super) fn shown(&self, other: &Other) -> String {
        match (self, other) {
            (Base::Plan(path) | Base::Trees(path), _) => path.display().to_string(),
            (Base::Revision(revision), Other::Nothing) => {
                format!("{}, which has no such plan", revision.shown())
            }
            (Base::Revision(revision), _) => revision.shown(),
        }
    }
}
