//! The result of the search: imported keys, skipped files and problems.

use std::path::PathBuf;

use super::adopted::{Adopted, Encrypting};

/// What was found.
#[derive(Default)]
pub struct Found {
    /// What is imported.
    pub adopted: Vec<Adopted>,
    /// Which generations of a keyring that encrypts there were.
    pub encrypting: Option<Encrypting>,
    /// What is left out.
    pub left: Vec<Left>,
    /// What else to know.
    pub notes: Vec<String>,
    /// What is wrong: then nothing is imported.
    pub problems: Vec<String>,
}

/// A file that is left out.
pub struct Left {
    /// The file.
    pub path: PathBuf,
    /// Why it was not taken over, for people.
    pub why: String,
}
