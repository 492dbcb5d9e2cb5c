//! The request of an import, and the state of its search.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::adopted::{Adopted, AdoptedKey};
use super::found::Found;
use super::piece::{Passphrase, Piece};
use crate::plan::Plan;

/// What is asked for.
pub struct Request<'a> {
    /// Folders and files.
    pub paths: &'a [PathBuf],
    /// `authority.NAME` or `keyring.NAME`, where the files are one thing that cannot be distinguished from them.
    pub target: Option<&'a str>,
    /// Gives the passphrase of a file.
    pub passphrase: Passphrase<'a>,
    /// Whether the plan was never built.
    pub is_first: bool,
    /// Draws 32 random bytes.
    pub random: &'a dyn Fn() -> Result<[u8; 32], String>,
}

pub(super) struct Finder<'a> {
    pub(super) plan: &'a Plan,
    pub(super) request: &'a Request<'a>,
    pub(super) pieces: &'a [Piece],
    /// Files that are imported or reported.
    pub(super) taken: BTreeSet<&'a Path>,
    pub(super) found: Found,
}

impl Finder<'_> {
    pub(super) fn problem(&mut self, path: &Path, why: impl std::fmt::Display) {
        self.found.problems.push(format!("{}: {why}", path.display()));
    }

    pub(super) fn adopt(
        &mut self,
        table: &'static str,
        name: &str,
        generation: u32,
        from: &Piece,
        key: AdoptedKey,
    ) {
        let id = match table {
            "authority" => {
                self.plan.model.authorities.iter().find(|a| *a.name == *name).map(|a| a.id.clone())
            }
            _ => self.plan.model.keyrings.get(name).map(|keyring| keyring.id.clone()),
        };
        let id = id.unwrap_or_else(|| format!("{table}.{name}").into());
        let (name, from, serves) = (name.into(), from.path.clone(), Vec::new());
        self.found.adopted.push(Adopted { table, name, id, generation, serves, from, key });
    }
}
