//! A directory on disk with the files of a host: the host itself, or a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::belongs::{Belongs, belongs};
use super::door::problem;
use super::file::{Entry, File, Kind, LARGEST, MOST_ENTRIES, Status};
use super::files::Files;
use super::follow::{self, Store};
use super::loose::Loose;
use super::path::{beneath, normal};
use super::problem::{Problem, Why};
use crate::printable;
use crate::read::{Bare, Lies, Lying, Refusal};

/// A copy of a folder of a host, or the host itself.
pub struct Folder {
    bare: Bare,
    /// The folder on the host.
    at: Arc<str>,
    /// Whether it is the running host's own root, so that owners are its owners.
    is_host: bool,
    owners: Owners,
    /// Paths of what is made on the host while it runs.
    made_later: BTreeSet<Arc<str>>,
}

/// Owners and groups by paths on the host.
pub type Owners = BTreeMap<Arc<str>, (Arc<str>, Arc<str>)>;

/// Opens a folder with files of a host. Where they belong is worked out from what is in it and from `known`: absolute
/// paths at which programs look for files.
///
/// # Errors
/// It cannot be opened, or nothing in it says what it is; in words.
pub fn copied(path: &Path, known: &[String]) -> Result<(Box<dyn Files + Send>, Belongs), String> {
    let bare = open(path)?;
    let Some(belongs) = belongs(&bare, path, known) else {
        return Err(format!(
            "it is unclear where {} belongs on a host: name a copy of `/`, or of a directory such as `/etc`",
            printable::path(path)
        ));
    };
    let files: Box<dyn Files + Send> = match &belongs {
        Belongs::Below(at) => Box::new(Folder::new(bare, path, at)),
        Belongs::Loose(names) => Box::new(Loose::new(bare, names.clone())),
    };
    Ok((files, belongs))
}

fn open(path: &Path) -> Result<Bare, String> {
    let shown = || printable::path(path);
    Bare::open(path).map_err(|error| format!("cannot open {}: {error}", shown()))
}

impl Folder {
    /// Opens a folder that is a copy of `at`, an absolute path on the host.
    ///
    /// # Errors
    /// It cannot be opened, in words.
    pub fn open(path: &Path, at: &str) -> Result<Self, String> {
        Ok(Self::new(open(path)?, path, &normal(at)))
    }

    /// The same, where something else says who owns what on the host: the manifest of a built tree.
    #[must_use]
    pub fn owned(mut self, owners: Owners) -> Self {
        self.owners = owners;
        self
    }

    /// The same, where something else says what is made on the host while it runs.
    #[must_use]
    pub fn with_made_later(mut self, paths: BTreeSet<Arc<str>>) -> Self {
        self.made_later = paths;
        self
    }

    fn new(bare: Bare, path: &Path, at: &str) -> Self {
        Self {
            bare,
            at: at.into(),
            is_host: path == Path::new("/") && at == "/",
            owners: Owners::new(),
            made_later: BTreeSet::new(),
        }
    }

    /// The path within the folder of a path on the host; none where the folder says nothing of it.
    fn way(&self, path: &str) -> Option<PathBuf> {
        beneath(&self.at, path).map(PathBuf::from)
    }

    /// The one name that is known of a folder above.
    fn above(&self, path: &str) -> Option<Entry> {
        let rest = beneath(path, &self.at).filter(|rest| !rest.is_empty())?;
        let name = rest.split_once('/').map_or(rest, |(name, _)| name);
        Some(Entry { name: name.into(), folder: true, link: None })
    }

    fn status_of(&self, path: &Arc<str>, lying: Lying) -> Status {
        // Whoever copied files owns them; only the host itself says who owns them there.
        let number = |number: u32| self.is_host.then(|| number.to_string().into());
        let kind = match lying.what {
            Lies::File => Kind::File,
            Lies::Folder => Kind::Folder,
            Lies::Link(target) => Kind::Link(target.into()),
            Lies::Other(kind) => Kind::Other(kind),
        };
        let (owner, group) = match self.owners.get(path) {
            Some((owner, group)) => (Some(Arc::clone(owner)), Some(Arc::clone(group))),
            None => (number(lying.user), number(lying.group)),
        };
        Status { path: Arc::clone(path), kind, mode: Some(lying.mode), owner, group }
    }
}

impl Store for Folder {
    fn look(&self, path: &Arc<str>) -> Result<Option<Status>, Problem> {
        if let Some(way) = self.way(path) {
            let found = self.bare.look(&way).map_err(|error| problem(path, &error))?;
            return Ok(found.map(|lying| self.status_of(path, lying)));
        }
        let folder =
            || Status { path: Arc::clone(path), kind: Kind::Folder, mode: None, owner: None, group: None };
        Ok(self.above(path).map(|_| folder()))
    }

    fn bytes(&self, path: &Arc<str>) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let way = self.way(path).unwrap_or_default();
        self.bare.bytes(&way, LARGEST).map(Zeroizing::new).map_err(|error| problem(path, &error))
    }

    fn entries(&self, path: &Arc<str>) -> Result<Vec<Entry>, Problem> {
        let Some(way) = self.way(path) else { return Ok(self.above(path).into_iter().collect()) };
        let found = self.bare.list(&way, MOST_ENTRIES).map_err(|error| match Refusal::of(&error) {
            Some(Refusal::TooLarge) => Problem { path: Arc::clone(path), why: Why::TooMany(MOST_ENTRIES) },
            _ => problem(path, &error),
        })?;
        let entry = |(name, what): (String, Lies)| {
            let link = if let Lies::Link(target) = &what { Some(target.as_str().into()) } else { None };
            Entry { name: name.into(), folder: what == Lies::Folder, link }
        };
        Ok(found.into_iter().map(entry).collect())
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Option<File>, Problem> {
        follow::read(self, path)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Problem> {
        follow::list(self, folder)
    }

    fn status(&self, path: &str) -> Result<Option<Status>, Problem> {
        follow::status(self, path)
    }

    fn head(&self, path: &str, most: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
        let Some(status) = follow::status(self, path)?.filter(|status| status.kind == Kind::File) else {
            return Ok(None);
        };
        let way = self.way(&status.path).unwrap_or_default();
        let bytes = self.bare.first_bytes(&way, most).map_err(|error| problem(&status.path, &error))?;
        Ok(Some(Zeroizing::new(bytes)))
    }

    fn knows(&self, path: &str) -> bool {
        beneath(&self.at, path).is_some()
    }

    fn is_made_later(&self, path: &str) -> bool {
        self.made_later.contains(&*normal(path))
    }
}
