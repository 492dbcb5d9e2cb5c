//! The files of a host in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::file::{Entry, File, Kind, LARGEST, MOST_ENTRIES, Status};
use super::files::Files;
use super::follow::{self, Store};
use super::path::{normal, within};
use super::problem::{Problem, Why};

/// The files of a host in memory: what a build has just made, or what an archive holds.
#[derive(Default)]
pub struct Memory {
    /// By absolute paths without links.
    nodes: BTreeMap<Arc<str>, Node>,
    /// Paths of what is made on the host while it runs.
    made_later: BTreeSet<Arc<str>>,
    /// What all is known of, with all that lies beneath; none: of everything.
    covered: Option<BTreeSet<Arc<str>>>,
}

/// What lies at a path.
struct Node {
    kind: Kind,
    bytes: Zeroizing<Vec<u8>>,
    access: Access,
}

/// Who may read something.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The permission bits; none where they are not known.
    pub mode: Option<u32>,
    /// A name or a number; none where it is not known.
    pub owner: Option<Arc<str>>,
    /// A name or a number; none where it is not known.
    pub group: Option<Arc<str>>,
}

impl Memory {
    /// Adds a file in place of what lay there; the folders above it come into being.
    pub fn file(&mut self, path: &str, bytes: Zeroizing<Vec<u8>>, access: Access) {
        self.put(path, Node { kind: Kind::File, bytes, access });
    }

    /// Adds a folder, or says who may read one that others have brought.
    pub fn folder(&mut self, path: &str, access: Access) {
        self.put(path, Node { kind: Kind::Folder, bytes: Zeroizing::default(), access });
    }

    /// Says that something on the host makes a file while it runs.
    pub fn made_later(&mut self, path: &str) {
        self.made_later.insert(normal(path).into());
    }

    /// A part of a host: nothing is known but of what is said to be covered.
    pub(super) fn part() -> Self {
        Self { covered: Some(BTreeSet::new()), ..Self::default() }
    }

    /// Says that all is known of what lies at a path and beneath it.
    pub(super) fn covers(&mut self, path: &str) {
        self.covered.get_or_insert_default().insert(normal(path).into());
    }

    /// Adds a link in place of what lay there.
    pub fn link(&mut self, path: &str, target: &str) {
        let kind = Kind::Link(target.into());
        self.put(path, Node { kind, bytes: Zeroizing::default(), access: Access::default() });
    }

    /// The same with a text, of root and readable by all: for tests, and for what is not about access.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Self {
        let access = Access { mode: Some(0o644), owner: Some("root".into()), group: Some("root".into()) };
        self.file(path, Zeroizing::new(text.as_bytes().to_vec()), access);
        self
    }

    /// The same with a link.
    #[must_use]
    pub fn with_link(mut self, path: &str, target: &str) -> Self {
        self.link(path, target);
        self
    }

    /// Adds a second name of a file; its bytes, none where the first name is not there.
    pub(super) fn copy(&mut self, from: &str, to: &str) -> Option<u64> {
        let node = self.nodes.get(from).filter(|node| node.kind == Kind::File)?;
        let (bytes, access) = (node.bytes.clone(), node.access.clone());
        let size = bytes.len() as u64;
        self.file(to, bytes, access);
        Some(size)
    }

    fn put(&mut self, path: &str, node: Node) {
        let path: Arc<str> = normal(path).into();
        for (end, _) in path.match_indices('/').skip(1) {
            let above = path.get(..end).unwrap_or_default();
            if !self.nodes.contains_key(above) {
                let folder =
                    Node { kind: Kind::Folder, bytes: Zeroizing::default(), access: Access::default() };
                self.nodes.insert(above.into(), folder);
            }
        }
        self.nodes.insert(path, node);
    }
}

impl Store for Memory {
    fn look(&self, path: &Arc<str>) -> Result<Option<Status>, Problem> {
        let root =
            || Status { path: Arc::clone(path), kind: Kind::Folder, mode: None, owner: None, group: None };
        let Some(node) = self.nodes.get(path) else { return Ok((&**path == "/").then(root)) };
        let Access { mode, owner, group } = node.access.clone();
        Ok(Some(Status { path: Arc::clone(path), kind: node.kind.clone(), mode, owner, group }))
    }

    fn bytes(&self, path: &Arc<str>) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let bytes = self.nodes.get(path).map(|node| node.bytes.clone()).unwrap_or_default();
        if bytes.len() as u64 > LARGEST {
            return Err(Problem { path: Arc::clone(path), why: Why::TooLarge(LARGEST) });
        }
        Ok(bytes)
    }

    fn entries(&self, path: &Arc<str>) -> Result<Vec<Entry>, Problem> {
        let prefix = within(path, "");
        let from = (Bound::Excluded(Arc::clone(&prefix)), Bound::Unbounded);
        let below = self.nodes.range::<Arc<str>, _>(from).take_while(|(at, _)| at.starts_with(&*prefix));
        let mut entries = Vec::new();
        for (at, node) in below {
            let name = at.get(prefix.len()..).unwrap_or_default();
            if name.contains('/') {
                continue;
            }
            if entries.len() >= MOST_ENTRIES {
                return Err(Problem { path: Arc::clone(path), why: Why::TooMany(MOST_ENTRIES) });
            }
            let link = if let Kind::Link(target) = &node.kind { Some(Arc::clone(target)) } else { None };
            entries.push(Entry { name: name.into(), folder: node.kind == Kind::Folder, link });
        }
        Ok(entries)
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Option<File>, Problem> {
        follow::read(self, path)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Problem> {
        follow::list(self, folder)
    }

    fn status(&self, path: &str) -> Result<Option<Status>, Problem> {
        follow::status(self, path)
    }

    fn is_made_later(&self, path: &str) -> bool {
        self.made_later.contains(&*normal(path))
    }

    fn knows(&self, path: &str) -> bool {
        let Some(covered) = &self.covered else { return true };
        let path = normal(path);
        let above = path.match_indices('/').map(|(end, _)| path.get(..end).unwrap_or_default());
        let above = above.map(|path| if path.is_empty() { "/" } else { path });
        above.chain([path.as_str()]).any(|path| covered.contains(path))
    }
}
