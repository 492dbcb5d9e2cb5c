//! How a unit looks on the disk: what each of its names is, without reading a file.
//!
//! Whatever changes a file or a folder changes one of these words: device, inode, mode, owner, group, size, and the times of
//! content and inode in nanoseconds. A change in the same tick of the clock as the look may not, so a look says when
//! the last change was. Nor does a write to memory that maps a file of Linux's tmpfs, which keeps no time of it.
//!
//! A name that comes or goes changes its folder, so a second look need not list folders again: it looks at the names
//! that the first one has found, in their order.

use super::disk::{Moment, Name, changed_at};
use super::error::WriteError;
use super::folder::{Folder, kind_of};
use super::layout::Layout;
use super::path::UnitName;
use rustix::fs::{FileType, Stat};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::sync::{Arc, Mutex, PoisonError};

/// A digest.
pub(super) type Digest = [u8; 32];

/// How a unit looks.
pub(super) struct Look {
    /// The same words give the same one.
    pub(super) digest: Digest,
    /// The same, without what changes when the unit is put in place: the times of its folder's inode, and of its manifest's
    /// and checksum list's.
    pub(super) steady: Digest,
    /// When something of it was last changed.
    pub(super) changed: Moment,
}

/// The names of a unit: what follows the unit's own name in the folder that holds it, as `.json`, nothing (its folder) or
/// `/etc/kubernetes`. A folder comes before what lies in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Names(pub(super) Vec<OsString>);

impl Names {
    /// Those of a unit whose folder has just been made, and holds nothing else.
    pub(super) fn of_new(layout: &Layout<'_>, has_checksums: bool) -> Self {
        let beside = if has_checksums { &BESIDE[..] } else { &BESIDE[..1] };
        let beside = beside.iter().map(OsString::from);
        let below = layout.nodes.keys().map(|path| OsString::from_vec([b"/", *path].concat()));
        Self(beside.chain([OsString::new()]).chain(below).collect())
    }
}

/// What lies beside the folder of a unit: its manifest and its checksum list.
const BESIDE: [&str; 2] = [".json", ".sha256"];

/// Names of units, each list once: most units of a plan have the same.
#[derive(Default)]
pub(super) struct Shared(Mutex<BTreeSet<Arc<Names>>>);

impl Shared {
    pub(super) fn one(&self, names: Names) -> Arc<Names> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&names) {
            return Arc::clone(known);
        }
        let names = Arc::new(names);
        all.insert(Arc::clone(&names));
        names
    }
}

/// Finds the names of a unit: its manifest, its checksum list, its folder and all that lies in it. `group` is the folder
/// in which they lie.
pub(super) fn names(group: &Folder, unit: &UnitName) -> Result<Names, WriteError> {
    let mut names = Vec::new();
    for beside in BESIDE {
        if group.stat(format!("{}{beside}", unit.base()))?.is_some() {
            names.push(beside.into());
        }
    }
    if let Some(folder) = group.open(unit.base())? {
        names.push(OsString::new());
        walk(&folder, OsStr::new(""), &mut names)?;
    }
    Ok(Names(names))
}

fn walk(folder: &Folder, path: &OsStr, names: &mut Vec<OsString>) -> Result<(), WriteError> {
    for name in folder.names()? {
        let below = OsString::from_vec([path.as_bytes(), b"/", name.name.as_bytes()].concat());
        names.push(below.clone());
        if kind(folder, &name)? == FileType::Directory {
            walk(&folder.open_existing(&name.name)?, &below, names)?;
        }
    }
    Ok(())
}

fn kind(folder: &Folder, name: &Name) -> Result<FileType, WriteError> {
    if name.kind != FileType::Unknown {
        return Ok(name.kind);
    }
    let stat = folder.stat(&name.name)?;
    stat.map(|stat| kind_of(&stat)).ok_or_else(|| folder.error("look at", &name.name, GONE))
}

/// Looks at the names of a unit. Each folder on the way to a name is one of them, so no link can lie there unseen.
pub(super) fn look(group: &Folder, unit: &UnitName, names: &Names) -> Result<Look, WriteError> {
    let (mut hash, mut steady, mut changed) = (Sha256::new(), Sha256::new(), Moment::default());
    let mut path = OsString::new();
    for name in &names.0 {
        path.clear();
        path.push(unit.base());
        path.push(name);
        let stat = group.stat(&path)?.ok_or_else(|| group.error("look at", &path, GONE))?;
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path.as_bytes());
        let words = words(&stat);
        words.into_iter().for_each(|word| hash.update(word.to_le_bytes()));
        let moves = !name.as_bytes().starts_with(b"/");
        let words = if moves { &words[..words.len() - CHANGE_TIME] } else { &words[..] };
        words.iter().for_each(|word| steady.update(word.to_le_bytes()));
        changed = changed.max(changed_at(&stat));
    }
    Ok(Look { digest: hash.finalize().into(), steady: steady.finalize().into(), changed })
}

/// So many words of a look, the last ones, are the time of the inode.
const CHANGE_TIME: usize = 2;

const GONE: rustix::io::Errno = rustix::io::Errno::NOENT;

#[allow(
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "platforms have different types of them"
)]
fn words(stat: &Stat) -> [u64; 10] {
    [
        stat.st_dev as u64,
        stat.st_ino as u64,
        stat.st_mode as u64,
        stat.st_uid as u64,
        stat.st_gid as u64,
        stat.st_size as u64,
        stat.st_mtime as u64,
        stat.st_mtime_nsec as u64,
        stat.st_ctime as u64,
        stat.st_ctime_nsec as u64,
    ]
}
