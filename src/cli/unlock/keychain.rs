//! The secrets that are at hand: given on the command line, or beside the plan.

use std::path::PathBuf;

use super::arguments::SecretArguments;
use super::given::{Given, Source};
use super::{Opener, Which, is_open, parse};
use crate::cli::site::Beside;
use crate::issue::secret::Secret;

/// Finds secrets by their names.
pub(in crate::cli) struct Keychain<'a> {
    opener: Opener<'a>,
    given: Vec<Given>,
    beside: &'a Beside,
}

/// A secret, and where it was.
pub(in crate::cli) struct Found {
    pub(in crate::cli) secret: Secret,
    /// How messages call its place.
    pub(in crate::cli) shown: String,
    /// The file, if others may read it and it is not sealed.
    pub(in crate::cli) open: Option<PathBuf>,
}

impl<'a> Keychain<'a> {
    /// # Errors
    /// Options that contradict each other.
    pub(in crate::cli) fn new(arguments: &'a SecretArguments, beside: &'a Beside) -> Result<Self, String> {
        Ok(Self { opener: Opener::new(&arguments.unlock), given: arguments.given()?, beside })
    }

    /// What opens the imported keys that are sealed, too.
    pub(in crate::cli) fn opener(&self) -> &Opener<'a> {
        &self.opener
    }

    /// Which secrets the command line gives.
    pub(in crate::cli) fn given(&self) -> impl Iterator<Item = Which> {
        self.given.iter().map(|given| given.which)
    }

    /// A secret; none if it is nowhere. What is given goes before what lies beside the plan.
    ///
    /// # Errors
    /// When it is somewhere and cannot be read or opened.
    pub(in crate::cli) fn find(&self, which: Which) -> Result<Option<Found>, String> {
        let given = self.given.iter().find(|given| given.which == which);
        let beside = || self.beside.secret_at(which).map(Source::File);
        let Some(source) = given.map(|given| given.source.clone()).or_else(beside) else { return Ok(None) };
        let shown = source.shown(which);
        let bytes = source.read(which)?;
        let sealed = crate::seal::is_sealed(&bytes);
        let bytes = self.opener.open(bytes, &shown)?;
        let open = match source {
            Source::File(path) if !sealed && is_open(&path) => Some(path),
            _ => None,
        };
        Ok(Some(Found { secret: parse(&bytes, &shown)?, shown, open }))
    }
}
