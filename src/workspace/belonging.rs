//! Which locks a secret belongs to: with one secret under two locks, two clusters would have the same authorities.
//!
//! The file of a secret lists the ids of its locks in comments. A secret without such a comment belongs to the lock
//! next to it that records it; else the first build adds its lock.

use std::path::{Path, PathBuf};

use super::bytes::of_file;
use crate::issue::secret::Secret;
use crate::lock::{Lock, is_lock};
use crate::read::read_named;
use crate::source::Sources;
use crate::write::replace_secret;

/// How many words a secret's file has between the plan's name and its end: its name and its epoch.
const WORDS: usize = 2;

/// What is known of the locks of one secret.
pub struct Belonging {
    /// The ids that its text names.
    pub noted: Vec<String>,
    /// The id of the lock beside it, where its text names none.
    pub neighbour: Option<String>,
    /// Its file, and whether it is sealed there.
    file: Option<(PathBuf, bool)>,
    identity: String,
}

impl Belonging {
    /// Reads it off a secret's opened text. `file` is where it lies, `sealed` whether it is sealed there.
    #[must_use]
    pub fn of(text: &[u8], secret: &Secret, file: Option<&Path>, sealed: bool) -> Self {
        let noted = std::str::from_utf8(text).map(Secret::locks).unwrap_or_default();
        let beside = file.filter(|_| noted.is_empty());
        let identity = secret.identity();
        Self {
            neighbour: beside.and_then(|file| neighbour(file, &identity)),
            noted,
            file: file.map(|file| (file.to_path_buf(), sealed)),
            identity,
        }
    }

    /// Whether it belongs to others and not to this lock.
    #[must_use]
    pub fn is_of_others(&self, lock: &str) -> bool {
        let mut known = self.noted.iter().chain(&self.neighbour).peekable();
        known.peek().is_some() && !known.any(|id| id == lock)
    }

    /// Whether a lock can be noted in its file.
    #[must_use]
    pub fn is_changeable(&self) -> bool {
        matches!(self.file, Some((_, false)))
    }

    /// Notes that it belongs to these locks, too.
    ///
    /// # Errors
    /// There is no plain file, or it cannot be written.
    pub fn note<'l>(&self, locks: impl IntoIterator<Item = &'l str>) -> Result<(), String> {
        let Some((file, false)) = &self.file else { return Err("it is not a regular file".to_owned()) };
        let bytes = of_file(file)?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let noted = Secret::with_locks(text, locks);
        if Secret::parse(&noted).ok().is_none_or(|secret| secret.identity() != self.identity) {
            return Err("it was replaced in the meantime".to_owned());
        }
        replace_secret(file, noted.as_bytes()).map_err(|error| error.to_string())
    }

    /// Whether what was just built with it says so by its place, since a lock that knows it lies beside it.
    #[must_use]
    pub fn lies_beside_its_lock(&self) -> bool {
        self.file.as_ref().is_some_and(|(file, _)| neighbour(file, &self.identity).is_some())
    }
}

/// The id of the lock beside a secret that was built with it: `NAME.lock` of `NAME.secret`, `NAME.offline.secret.age`
/// or `NAME.epoch-1.secret`.
fn neighbour(file: &Path, identity: &str) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    let mut plan = name.strip_suffix(".age").unwrap_or(name).strip_suffix(".secret")?;
    for _ in 0..=WORDS {
        if let Some(lock) = read(&file.with_file_name(format!("{plan}.lock")))
            && lock.known_as(identity).is_some()
        {
            return Some(lock.id);
        }
        plan = plan.rsplit_once('.')?.0;
    }
    None
}

fn read(path: &Path) -> Option<Lock> {
    let text = String::from_utf8(read_named(path).ok()?).ok().filter(|text| is_lock(text))?;
    let source = Sources::default().add(path.display().to_string(), "");
    Lock::parse(&text, source).ok()
}
