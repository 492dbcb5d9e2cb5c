//! The look of a unit on disk: what each of its names is, without reading the files.
//!
//! Every change of a file or directory changes one of these values: device, inode, mode, owner, group, size, and the
//! times of content and inode in nanoseconds. There are two exceptions. A change in the same clock tick as the look may
//! keep them, so a look includes the time of the last change. And Linux's tmpfs records no time for a write through a
//! memory mapping.
//!
//! Adding or removing a name changes its directory, so a second look need not list directories again: it looks at the
//! names that the first one found, in the same order.

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
    /// When something of it was last changed.
    pub(super) changed: Moment,
}

/// How that looks which moves when a unit is put in place: its folder, its manifest and its checksum list.
pub(super) struct Outside {
    digest: Digest,
    /// The same, without the times of inodes, which a move changes.
    pub(super) steady: Digest,
    changed: Moment,
}

/// How that looks which lies in a unit's folder: it stays as it is where the folder is moved.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    digest: Digest,
    changed: Moment,
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
    Ok(outside(group, unit, names)?.with(inside(group, unit, names)?))
}

/// Looks at what moves with a unit's folder, without what lies in it.
pub(super) fn outside(group: &Folder, unit: &UnitName, names: &Names) -> Result<Outside, WriteError> {
    let (mut hash, mut steady, mut changed) = (Sha256::new(), Sha256::new(), Moment::default());
    let names = names.0.iter().take_while(|name| !is_inside(name));
    each(group, unit, names, |path, stat| {
        add(&mut hash, path, &words(stat));
        add(&mut steady, path, &words(stat)[..WORDS - CHANGE_TIME]);
        changed = changed.max(changed_at(stat));
    })?;
    Ok(Outside { digest: hash.finalize().into(), steady: steady.finalize().into(), changed })
}

/// Looks at what lies in a unit's folder.
pub(super) fn inside(group: &Folder, unit: &UnitName, names: &Names) -> Result<Inside, WriteError> {
    let (mut hash, mut changed) = (Sha256::new(), Moment::default());
    let names = names.0.iter().skip_while(|name| !is_inside(name));
    each(group, unit, names, |path, stat| {
        add(&mut hash, path, &words(stat));
        changed = changed.max(changed_at(stat));
    })?;
    Ok(Inside { digest: hash.finalize().into(), changed })
}

impl Outside {
    /// The whole look.
    pub(super) fn with(&self, inside: Inside) -> Look {
        let digest = Sha256::new().chain_update(self.digest).chain_update(inside.digest).finalize().into();
        Look { digest, changed: self.changed.max(inside.changed) }
    }
}

fn is_inside(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b"/")
}

fn each<'n>(
    group: &Folder,
    unit: &UnitName,
    names: impl Iterator<Item = &'n OsString>,
    mut found: impl FnMut(&OsStr, &Stat),
) -> Result<(), WriteError> {
    let mut path = OsString::new();
    for name in names {
        path.clear();
        path.push(unit.base());
        path.push(name);
        let stat = group.stat(&path)?.ok_or_else(|| group.error("look at", &path, GONE))?;
        found(&path, &stat);
    }
    Ok(())
}

fn add(hash: &mut Sha256, path: &OsStr, words: &[u64]) {
    hash.update((path.len() as u64).to_le_bytes());
    hash.update(path.as_bytes());
    words.iter().for_each(|word| hash.update(word.to_le_bytes()));
}

/// So many words does a look have of each name.
const WORDS: usize = 10;

/// So many words of a look, the last ones, are the time of the inode.
const CHANGE_TIME: usize = 2;

const GONE: rustix::io::Errno = rustix::io::Errno::NOENT;

#[allow(
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "platforms have different types of them"
)]
fn words(stat: &Stat) -> [u64; WORDS] {
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
