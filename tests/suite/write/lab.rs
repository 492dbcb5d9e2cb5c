//! A folder to build in, and ways to look at it.

use pkiplan::write::{
    Class, Content, Entry, Fault, Options, Session, Site, Summary, TreePath, Unit, UnitChange, UnitName,
    WriteError,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A site in a folder that goes with it.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
    pub(crate) site: Site,
}

/// What a build is made from.
pub(crate) struct Plan {
    pub(crate) lock: String,
    pub(crate) certificates: Vec<(String, String)>,
    pub(crate) units: Vec<Unit>,
}

/// A path with its mode and its content, or its kind.
pub(crate) type Snapshot = BTreeMap<String, (u32, String)>;

impl Lab {
    pub(crate) fn new() -> Self {
        // In memory where that can be had: the crash tests make and remove very many files.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let at = |name: &str| folder.path().join(name);
        let site = Site { trees: at("c.trees"), lock: at("c.lock"), certificates: at("c.certs") };
        Self { folder, site }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn tree(&self, path: &str) -> PathBuf {
        self.site.trees.join(path)
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.tree(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.tree(path)).unwrap()
    }

    pub(crate) fn begin(&self) -> Result<Session, WriteError> {
        Session::begin(&self.site, Options::default())
    }

    pub(crate) fn build(&self, plan: &Plan) -> Result<Summary, WriteError> {
        self.build_on(plan, None)
    }

    pub(crate) fn build_on(&self, plan: &Plan, fault: Option<Fault>) -> Result<Summary, WriteError> {
        let mut options = Options::default();
        options.fault = fault;
        let session = Session::begin(&self.site, options)?;
        for unit in &plan.units {
            session.stage(unit)?;
        }
        let certificates: Vec<(&str, &[u8])> =
            plan.certificates.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        session.commit(Some(plan.lock.as_bytes()), &certificates, &plan.names())
    }

    /// Builds units alone and tells what changed in the first.
    pub(crate) fn build_units(&self, units: Vec<Unit>) -> Result<UnitChange, WriteError> {
        let session = self.begin()?;
        let mut changes = Vec::new();
        for unit in &units {
            changes.push(session.stage(unit)?);
        }
        session.commit(None, &[], &units.iter().map(|unit| unit.name.clone()).collect())?;
        Ok(changes.swap_remove(0))
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut all = Snapshot::new();
        self.each(&mut |path, meta| {
            let content = match meta {
                meta if meta.is_file() => String::from_utf8(fs::read(self.path(path)).unwrap()).unwrap(),
                meta if meta.is_dir() => "/".to_owned(),
                _ => "@".to_owned(),
            };
            // Inodes and times are never the same.
            if !path.ends_with("/.pkiplan.state") && !path.ends_with("/.pkiplan.last") {
                all.insert(path.to_owned(), (meta.mode() & 0o7777, content));
            }
        });
        all
    }

    /// Everything that shows that something was written: inodes and times.
    pub(crate) fn traces(&self) -> BTreeMap<String, (u64, i64, i64, i64, i64)> {
        let mut all = BTreeMap::new();
        self.each(&mut |path, meta| {
            let times = (meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec());
            all.insert(path.to_owned(), times);
        });
        all
    }

    pub(crate) fn inode(&self, path: &str) -> (u64, i64, i64) {
        let meta = fs::symlink_metadata(self.tree(path)).unwrap();
        (meta.ino(), meta.mtime(), meta.mtime_nsec())
    }

    fn each(&self, look: &mut dyn FnMut(&str, &fs::Metadata)) {
        walk(self.folder.path(), "", look);
    }
}

fn walk(folder: &Path, at: &str, look: &mut dyn FnMut(&str, &fs::Metadata)) {
    let meta = fs::symlink_metadata(folder).unwrap();
    look(at, &meta);
    if meta.is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let below = if at.is_empty() { name.clone() } else { format!("{at}/{name}") };
            walk(&folder.join(name), &below, look);
        }
    }
}

impl Plan {
    pub(crate) fn names(&self) -> BTreeSet<UnitName> {
        self.units.iter().map(|unit| unit.name.clone()).collect()
    }
}

pub(crate) fn name(name: &str) -> UnitName {
    UnitName::new(name).unwrap()
}

pub(crate) fn unit(called: &str, entries: Vec<Entry>) -> Unit {
    Unit { name: name(called), lock: None, entries }
}

pub(crate) fn file(path: &str, mode: u32, text: &str) -> Entry {
    entry(path, Class::Managed, mode, Content::File(Zeroizing::new(text.as_bytes().to_vec())))
}

pub(crate) fn folder(path: &str, mode: u32) -> Entry {
    entry(path, Class::Managed, mode, Content::Folder)
}

pub(crate) fn line(path: &str, class: Class) -> Entry {
    entry(path, class, 0o600, Content::Nothing)
}

pub(crate) fn entry(path: &str, class: Class, mode: u32, content: Content) -> Entry {
    Entry {
        path: TreePath::new(path).unwrap(),
        class,
        content,
        mode,
        owner: "root".into(),
        group: "root".into(),
        artefact: format!("artefact.{}", path.replace('/', "-")),
        restart: Vec::new(),
        reload: Vec::new(),
        keyed: None,
    }
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
