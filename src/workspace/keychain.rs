//! The secrets that are at hand: given on the command line, or beside the plan.

use std::path::PathBuf;

use super::files::PlanFiles;
use super::given::{Given, Source, Which};
use super::opener::{Opener, is_open, parse_secret};
use crate::issue::secret::Secret;

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
    /// The file, if others may read it and it is not sealed.
    pub open: Option<PathBuf>,
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
        let open = match source {
            Source::File(path) if !sealed && is_open(&path) => Some(path),
            _ => None,
        };
        Ok(Some(Found { secret: parse_secret(&bytes, &shown)?, shown, open }))
    }
}
