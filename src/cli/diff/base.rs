//! What a plan is compared with.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::arguments::Diff;
use super::sides::{Broken, Side};
use crate::git::Revision;
use crate::read::{Disk, World as _};

/// The other state.
pub(super) enum Base {
    /// Another plan on the disk.
    Plan(PathBuf),
    /// The plan as it was committed.
    Revision(Revision),
    /// What was built.
    Trees(PathBuf),
}

/// A path that is there is meant as such, anything else is a revision.
pub(super) fn base(arguments: &Diff) -> Result<Base, String> {
    let path = Path::new(&arguments.base);
    if path.is_file() {
        return Ok(Base::Plan(path.to_owned()));
    }
    if path.is_dir() {
        return Ok(Base::Trees(path.to_owned()));
    }
    Revision::find(&arguments.plan, &arguments.base).map(Base::Revision)
}

impl Base {
    /// Reads the other plan; none where the revision has none: then everything is new.
    pub(super) fn read(&self, arguments: &Diff) -> Result<Option<Result<Side, Broken>>, String> {
        let at = arguments.at.as_deref();
        match self {
            Base::Trees(_) => Ok(None),
            Base::Plan(path) => Side::read(&Disk, path, at).map(Some),
            Base::Revision(revision) => match revision.read(&arguments.plan) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                _ => Side::read(revision, &arguments.plan, at).map(Some),
            },
        }
    }

    /// As people call it; of a revision also that it has no such plan.
    pub(super) fn shown(&self, is_there: bool) -> String {
        match self {
            Base::Plan(path) | Base::Trees(path) => path.display().to_string(),
            Base::Revision(revision) if is_there => revision.shown(),
            Base::Revision(revision) => format!("{}, which has no such plan", revision.shown()),
        }
    }
}
