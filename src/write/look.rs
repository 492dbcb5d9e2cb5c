//! How a unit looks on the disk: what each of its names is, without reading a file.
//!
//! Whatever changes a file or a folder changes one of these words: device, inode, mode, owner, group, size, and the times of
//! content and inode in nanoseconds. A change in the same tick of the clock as the look may not, so a look says when
//! the last change was.

use super::disk::{Moment, changed_at};
use super::error::WriteError;
use super::folder::{Folder, kind_of};
use super::path::UnitName;
use super::record::Digest;
use rustix::fs::{FileType, Stat};
use sha2::{Digest as _, Sha256};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

/// How a unit looks.
pub(super) struct Look {
    /// The same words give the same one.
    pub(super) digest: Digest,
    /// When something of it was last changed.
    pub(super) changed: Moment,
}

/// Looks at a unit: its folder with all that lies in it, its manifest and its checksum list. `group` is the folder in
/// which they lie.
pub(super) fn look(group: &Folder, unit: &UnitName) -> Result<Look, WriteError> {
    let mut walk = Walk { hash: Sha256::new(), changed: Moment::default() };
    let base = unit.base();
    for beside in [format!("{base}.json"), format!("{base}.sha256")] {
        if let Some(stat) = group.stat(&beside)? {
            walk.name(beside.as_ref(), &stat);
        }
    }
    if let Some(folder) = group.open(base)? {
        let stat = group.stat(base)?;
        walk.name(base.as_ref(), &stat.ok_or_else(|| group.error("look at", base.as_ref(), GONE))?);
        walk.folder(&folder)?;
    }
    Ok(Look { digest: walk.hash.finalize().into(), changed: walk.changed })
}

const GONE: rustix::io::Errno = rustix::io::Errno::NOENT;

struct Walk {
    hash: Sha256,
    changed: Moment,
}

impl Walk {
    fn name(&mut self, name: &OsStr, stat: &Stat) {
        let name = name.as_bytes();
        self.hash.update((name.len() as u64).to_le_bytes());
        self.hash.update(name);
        // Wider on some platforms, narrower on others: text is the same everywhere.
        let words = format!(
            "{} {} {:o} {} {} {} {}.{} {}.{}",
            stat.st_dev,
            stat.st_ino,
            stat.st_mode,
            stat.st_uid,
            stat.st_gid,
            stat.st_size,
            stat.st_mtime,
            stat.st_mtime_nsec,
            stat.st_ctime,
            stat.st_ctime_nsec
        );
        self.hash.update(words);
        self.changed = self.changed.max(changed_at(stat));
    }

    fn folder(&mut self, folder: &Folder) -> Result<(), WriteError> {
        for name in folder.names()? {
            let stat = folder.stat(&name.name)?;
            let stat = stat.ok_or_else(|| folder.error("look at", &name.name, GONE))?;
            self.name(&name.name, &stat);
            if kind_of(&stat) == FileType::Directory {
                self.folder(&folder.open_existing(&name.name)?)?;
            }
        }
        self.hash.update([0xff]);
        Ok(())
    }
}
