//! Git's index as a `World`: the files as they are about to be committed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::repository::{Repository, parts, path};
use crate::read::{Disk, World, normal};

/// The mode of a symbolic link (git-fast-import(1)).
const LINK: &[u8] = b"120000";

/// The mode of a submodule (git-fast-import(1)).
const SUBMODULE: &[u8] = b"160000";

/// How many links may lead to one another.
const MOST_LINKS: usize = 8;

/// The files of the index, from the top of the work tree.
pub struct Index<'a> {
    repository: &'a Repository,
    files: BTreeMap<PathBuf, Entry>,
    /// What a person allows beside the repository.
    shared: Disk,
    /// What was asked for so far.
    asked: Mutex<BTreeSet<PathBuf>>,
}

struct Entry {
    object: String,
    link: bool,
    submodule: bool,
}

/// Files and what is in them.
type Contents<'p> = Vec<(&'p Path, Zeroizing<Vec<u8>>)>;

impl<'a> Index<'a> {
    /// Reads the whole index.
    ///
    /// # Errors
    /// What git says when it fails.
    pub fn read(repository: &'a Repository, shared: Disk) -> Result<Self, String> {
        let listed = repository.get(&["ls-files", "--cached", "--stage", "-z"])?;
        let files = parts(&listed).filter_map(|line| {
            // `MODE OBJECT STAGE<tab>PATH`
            let tab = line.iter().position(|byte| *byte == b'\t')?;
            let mut words = line[..tab].split(|byte| *byte == b' ');
            let (mode, object) = (words.next()?, std::str::from_utf8(words.next()?).ok()?);
            Some((
                path(&line[tab + 1..]),
                Entry { object: object.to_owned(), link: mode == LINK, submodule: mode == SUBMODULE },
            ))
        });
        Ok(Self { repository, files: files.collect(), shared, asked: Mutex::default() })
    }

    /// Whether a path, counted from the top of the work tree, is in the index.
    #[must_use]
    pub fn holds(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }

    /// The bytes of a file; links are followed within the index.
    ///
    /// # Errors
    /// There is no such file, links lead in a circle, or git fails.
    pub fn content(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut at = normal(path);
        for _ in 0..MOST_LINKS {
            let entry = self.files.get(&at).ok_or_else(|| self.absent(&at))?;
            if entry.submodule {
                return Err(self.absent(&at));
            }
            let bytes =
                self.repository.get(&["cat-file", "blob", &entry.object]).map_err(io::Error::other)?;
            if !entry.link {
                return Ok(bytes);
            }
            at = normal(&at.with_file_name(self::path(&bytes)));
        }
        Err(io::Error::other("too many links"))
    }

    /// Every path, counted from the top of the work tree.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// The sizes of files, of links as they are. What is another repository has none.
    ///
    /// # Errors
    /// What git says when it fails.
    pub(super) fn sizes<'p>(&self, paths: &[&'p Path]) -> Result<Vec<(&'p Path, u64)>, String> {
        let known: Vec<(&Path, &str)> =
            paths.iter().filter_map(|path| Some((*path, &*self.files.get(*path)?.object))).collect();
        let names: String = known.iter().map(|(_, object)| format!("{object}\n")).collect();
        let answer = self.repository.answer(&["cat-file", "--batch-check"], names.as_bytes())?;
        let answer = answer.unwrap_or_default();
        // `OBJECT TYPE SIZE`, or `OBJECT missing`.
        let sizes = answer.split(|byte| *byte == b'\n').map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            line.split_once(" blob ")?.1.parse().ok()
        });
        Ok(known.iter().zip(sizes).filter_map(|((path, _), size)| Some((*path, size?))).collect())
    }

    /// The bytes of files, of links as they are: all at once, since a process for each takes long.
    ///
    /// # Errors
    /// What git says when it fails.
    pub(super) fn contents<'p>(&self, files: &[(&'p Path, u64)]) -> Result<Contents<'p>, String> {
        let objects = files.iter().filter_map(|(path, _)| self.files.get(*path));
        let names: String = objects.map(|entry| format!("{}\n", entry.object)).collect();
        let answer = self.repository.answer(&["cat-file", "--batch"], names.as_bytes())?;
        let answer = Zeroizing::new(answer.unwrap_or_default());
        let mut rest = answer.as_slice();
        let mut contents = Vec::with_capacity(files.len());
        for (path, size) in files {
            // `OBJECT blob SIZE<lf>CONTENT<lf>`
            let header = rest.iter().position(|byte| *byte == b'\n').ok_or("git gives less than it has")?;
            let size = usize::try_from(*size).map_err(|_| "a file is too large")?;
            let body = rest
                .get(header + 1..)
                .and_then(|rest| rest.get(..size))
                .ok_or("git gives less than it has")?;
            contents.push((*path, Zeroizing::new(body.to_vec())));
            rest = rest.get(header + 1 + size + 1..).unwrap_or_default();
        }
        Ok(contents)
    }

    /// Why a path is not there: a submodule's files are in another repository.
    fn absent(&self, path: &Path) -> io::Error {
        let submodule = |above: &Path| self.files.get(above).is_some_and(|entry| entry.submodule);
        match path.ancestors().find(|above| submodule(above)) {
            Some(above) => {
                io::Error::other(format!("{} is another repository, a submodule", above.display()))
            }
            None => ErrorKind::NotFound.into(),
        }
    }

    /// Which files and folders were asked for since the last time.
    pub fn take_asked(&self) -> BTreeSet<PathBuf> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn ask(&self, path: &Path) -> PathBuf {
        let path = normal(path);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        path
    }
}

impl World for Index<'_> {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = self.ask(path);
        if is_outside(&path) { self.shared.bytes(&path) } else { self.content(&path) }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let folder = self.ask(folder);
        if is_outside(&folder) {
            return self.shared.list(&folder);
        }
        let below = self.files.range(folder.clone()..).map_while(|(path, _)| path.strip_prefix(&folder).ok());
        let names: BTreeSet<String> = below
            .filter_map(|rest| {
                let mut parts = rest.components();
                let first = parts.next()?.as_os_str().to_string_lossy().into_owned();
                Some(if parts.next().is_some() { format!("{first}/") } else { first })
            })
            .collect();
        if names.is_empty() { Err(self.absent(&folder)) } else { Ok(names.into_iter().collect()) }
    }
}

/// Whether a path leads out of the work tree: what lies there is read as it is.
fn is_outside(path: &Path) -> bool {
    matches!(path.components().next(), Some(Component::ParentDir | Component::RootDir))
}
