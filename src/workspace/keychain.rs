//! Finds secrets: those given on the command line, and those next to the plan.

use std::path::{Path, PathBuf};

use super::belonging::Belonging;
use super::files::PlanFiles;
use super::given::{Given, Source, Which};
use super::opener::{Opener, parse_secret};
use crate::issue::secret::Secret;
use crate::write::{Access, access_of_others};

/// Finds secrets by their names.
pub struct Keychain<'a> {
    opener: Opener<'a>,
    given: Vec<Given>,
    files: &'a PlanFiles,
}

/// A secret, and where it was.
pub struct Found {
    /// The secret.
    pub secret: Secret,
    /// How messages call its place.
    pub shown: String,
    /// The file, and what others may do with it, if that is anything and it is not sealed.
    pub open: Option<(PathBuf, Access)>,
    /// Which locks it belongs to.
    pub belonging: Belonging,
}

impl<'a> Keychain<'a> {
    /// Secrets that are given, and those beside a plan.
    #[must_use]
    pub fn new(opener: Opener<'a>, given: Vec<Given>, files: &'a PlanFiles) -> Self {
        Self { opener, given, files }
    }

    /// What opens the imported keys that are sealed, too.
    #[must_use]
    pub fn opener(&self) -> &Opener<'a> {
        &self.opener
    }

    /// Which secrets the command line gives.
    pub fn given(&self) -> impl Iterator<Item = Which> {
        self.given.iter().map(|given| given.which)
    }

    /// A secret; none if it is nowhere. What is given goes before what lies beside the plan.
    ///
    /// # Errors
    /// When it is somewhere and cannot be read or opened.
    pub fn find(&self, which: Which) -> Result<Option<Found>, String> {
        let given = self.given.iter().find(|given| given.which == which);
        let beside = || self.files.secret_at(which).map(Source::File);
        let Some(source) = given.map(|given| given.source.clone()).or_else(beside) else { return Ok(None) };
        let shown = source.shown(which);
        let bytes = source.read(which)?;
        let sealed = crate::seal::is_sealed(&bytes);
        let bytes = self.opener.open(bytes, &shown)?;
        let secret = parse_secret(&bytes, &shown)?;
        let belonging = Belonging::of(&bytes, &secret, source.file(), sealed);
        let open = match source.file().filter(|_| !sealed) {
            Some(path) => access(path)?,
            None => None,
        };
        Ok(Some(Found { secret, shown, open, belonging }))
    }
}

/// What others may do with the file of a secret.
///
/// # Errors
/// They may change it: whoever exchanges a secret chooses all keys.
fn access(path: &Path) -> Result<Option<(PathBuf, Access)>, String> {
    match access_of_others(path) {
        Access::None => Ok(None),
        Access::Write => Err(format!(
            "other users can change {0}, and someone who replaces a secret knows all keys; check that it is yours, and run `chmod 600 {0}`",
            path.display()
        )),
        access => Ok(Some((path.to_path_buf(), access))),
    }
}
