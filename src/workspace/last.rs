//! What the last build read and reported, so that repeating it only has to check whether something changed.
//!
//! The file contains digests of everything that was read, of the lock and the certificates next to it, and of the files
//! of secrets and keys. It also contains the time of the next expiry, before which time changes nothing. It is stored
//! in the trees, which are as private as the keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::bytes::{of_any_file, of_file};
use super::files::PlanFiles;
use super::imported::open_key_files;
use super::secrets::Unnoted;
use crate::read::{Answer, Noted, World};
use crate::seal::is_sealed;
use crate::values::{Instant, hex};
use crate::write::{self, Access, Options, Session, Site, access_of_others};

/// The last build.
#[derive(Debug, Serialize, Deserialize)]
pub struct LastBuild {
    /// Which program it was, with all options that matter.
    program: String,
    plan: PathBuf,
    answers: Vec<Answer>,
    private: Private,
    /// When it was, and when the next thing ends, in seconds since 1970.
    since: i64,
    until: Option<i64>,
    units: usize,
    /// What it said.
    pub said: Said,
}

/// What a build says where nothing changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Said {
    /// How many hosts there are.
    pub hosts: usize,
    /// How many certificates.
    pub certificates: usize,
    /// What ends first.
    pub next: Option<Next>,
}

/// What ends first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Next {
    /// Its id.
    pub id: String,
    /// What it is, in a word.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Its last second, since 1970.
    end: i64,
}

impl Next {
    /// With its last second.
    #[must_use]
    pub fn new(id: &str, kind: &str, name: String, end: Instant) -> Self {
        Self { id: id.to_owned(), kind: kind.to_owned(), name, end: end.unix() }
    }

    /// Its last second.
    #[must_use]
    pub fn end(&self) -> Option<Instant> {
        Instant::from_unix(self.end)
    }
}

/// What the same build has in common beside what it reads.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The program, with all options that matter.
    pub program: &'a str,
    /// The files.
    pub files: &'a PlanFiles,
    /// When.
    pub at: Instant,
}

/// The last build, if a build now would read what that one has read, but for secrets and keys, which this does not open.
/// Nobody has looked at the trees.
#[must_use]
pub fn last_of_same(attempt: Attempt<'_>, world: &dyn World) -> Option<LastBuild> {
    let files = attempt.files;
    let last: LastBuild = serde_json::from_str(&write::last(&files.trees)?).ok()?;
    let at = attempt.at.unix();
    let same = last.program == attempt.program
        && last.plan == files.plan
        && last.since <= at
        && last.until.is_none_or(|until| at < until)
        && last.answers.iter().all(|answer| answer.is_given_by(world));
    same.then_some(last)
}

/// The last build, if the same build now would change nothing and say the same: with the number of files of ours.
#[must_use]
pub fn unchanged(attempt: Attempt<'_>, world: &dyn World) -> Option<(LastBuild, usize)> {
    let files = attempt.files;
    // Without it there is nothing to lock, and perhaps no folder.
    write::last(&files.trees)?;
    let site = Site {
        trees: files.trees.clone(),
        lock: files.lock.clone(),
        certificates: files.certificates.clone(),
    };
    // Whatever is wrong is for the build to say.
    let session = Session::begin(&site, Options::default()).ok()?;
    let last = last_of_same(attempt, world)?;
    Private::of(files).filter(|private| *private == last.private)?;
    let count = session.untouched(last.units).ok()??;
    Some((last, count))
}

/// Leaves word of a build of `units` that has just been committed, and has read and found all that. `until` is when the
/// next thing ends.
pub fn leave(
    attempt: Attempt<'_>,
    session: &Session,
    (read, private, world): (&Noted<'_>, Private, &dyn World),
    units: usize,
    until: Option<Instant>,
    said: Said,
) {
    let Attempt { program, files, at } = attempt;
    let mut answers = read.answers();
    answers.extend(beside(files, world));
    let last = LastBuild {
        program: program.to_owned(),
        plan: files.plan.clone(),
        answers,
        private,
        since: at.unix(),
        until: until.map(Instant::unix),
        units,
        said,
    };
    // Without it the next build reads everything, and that is all.
    if let Ok(text) = serde_json::to_string(&last) {
        let _ = session.leave_last(&text);
    }
}

/// The lock and the certificates beside it, as they are now.
fn beside(files: &PlanFiles, world: &dyn World) -> Vec<Answer> {
    let noted = Noted::new(world);
    let _ = noted.bytes(&files.lock);
    for name in noted.list(&files.certificates).unwrap_or_default() {
        let _ = noted.bytes(&files.certificates.join(name));
    }
    noted.answers()
}

/// The files of secrets and imported keys beside a plan, and locks to which these could belong, with digests.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private(BTreeMap<PathBuf, String>);

impl Private {
    /// None where others may get at one, which every build says, or where one cannot be read.
    #[must_use]
    pub fn of(files: &PlanFiles) -> Option<Self> {
        if !open_key_files(&files.keys).is_empty() {
            return None;
        }
        let stem = files.secret.file_stem()?.as_encoded_bytes();
        let folder = files.secret.parent().filter(|folder| !folder.as_os_str().is_empty());
        let beside = names(folder.unwrap_or(Path::new(".")))?.into_iter().filter(|path| {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            let ends = [&b".secret"[..], b".secret.age", b".lock"];
            let is_own_lock = path.file_name() == files.lock.file_name();
            name.starts_with(stem) && ends.iter().any(|end| name.ends_with(end)) && !is_own_lock
        });
        let keys = if files.keys.is_dir() { names(&files.keys)? } else { Vec::new() };
        beside.chain(keys).map(digest).collect::<Option<_>>().map(Self)
    }

    /// Whether these are the same files as before, but for secrets in which was noted to which lock they belong.
    #[must_use]
    pub fn is_but_for(&self, before: &Self, noted: &[Unnoted]) -> bool {
        let is_noted =
            |path: &Path| noted.iter().any(|one| Path::new(&one.shown).file_name() == path.file_name());
        self.0.len() == before.0.len()
            && self.0.iter().all(|(path, digest)| match before.0.get(path) {
                Some(earlier) => earlier == digest || is_noted(path),
                None => false,
            })
    }
}

fn digest(path: PathBuf) -> Option<(PathBuf, String)> {
    let is_lock = path.extension().is_some_and(|extension| extension == "lock");
    let bytes = if is_lock { of_any_file(&path).ok()? } else { of_file(&path).ok()? };
    // A build opens what is sealed, and says where it cannot.
    let is_closed = is_lock || (!is_sealed(&bytes) && access_of_others(&path) == Access::None);
    is_closed.then(|| (path, hex(&Sha256::digest(&*bytes))))
}

fn names(folder: &Path) -> Option<Vec<PathBuf>> {
    fs::read_dir(folder).ok()?.map(|entry| entry.ok().map(|entry| entry.path())).collect()
}
