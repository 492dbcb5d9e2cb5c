//! Writes secrets: a new one is written once, and never overwrites anything.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::{Folder, io_error, kind_of, mode_of};
use rustix::fd::AsFd;
use rustix::fs::FileType;
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Writes a secret that did not exist, for its owner alone, and waits until it is on the disk.
///
/// It appears whole or not at all, and where something lies already, even a link, that stays and is an error.
pub fn write_new_secret(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_with(&Disk::default(), path, bytes, 0o600)
}

/// Makes a directory for its owner alone, unless one is there, be it reached by a link.
pub fn make_private_directory(path: &Path) -> Result<(), WriteError> {
    // Only what lies in another directory can be absent: not `.`, not `/`.
    let Some(name) = path.file_name().filter(|_| !path.is_dir()) else { return Ok(()) };
    let (folder, _) = open_parent(&Disk::default(), path)?;
    folder.open_or_make(name, 0o700)?;
    folder.sync()
}

/// Gives a secret another name, under which nothing lies, and waits until it has it on the disk.
pub fn set_secret_aside(from: &Path, to: &Path) -> Result<(), WriteError> {
    let disk = Disk::default();
    let (folder, name) = open_parent(&disk, from)?;
    let (_, aside) = open_parent(&disk, to)?;
    // A rename would replace what lies there. In between it has both names, and neither is ever lost.
    match folder.disk().link(folder.fd(), name, folder.fd(), aside) {
        Ok(()) => {}
        // It may be the same, if a run ended in between.
        Err(Errno::EXIST) if same_file(from, to) => {}
        Err(Errno::EXIST) => return Err(WriteError::Exists { path: to.to_owned() }),
        Err(error) => return Err(folder.error("write", aside, error)),
    }
    folder.sync()?;
    folder.remove_file(name)?;
    folder.sync()
}

/// Whether two names are those of one file.
#[must_use]
pub fn same_file(a: &Path, b: &Path) -> bool {
    let stat = |path: &Path| rustix::fs::lstat(path).map(|stat| (stat.st_dev, stat.st_ino));
    stat(a).is_ok_and(|a| stat(b) == Ok(a))
}

/// Replaces the text around a secret: the file as a whole, with its mode and its owner. One that is reached by a link stays as
/// it is.
pub fn replace_secret(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let (folder, name) = open_parent(&Disk::default(), path)?;
    let old = folder.stat(name)?.filter(|old| kind_of(old) == FileType::RegularFile);
    let old = old.ok_or_else(|| folder.not_a(name, "a file"))?;
    let temporary = temporary(name);
    folder.remove_file(&temporary)?;
    let done = folder.create(&temporary, mode_of(&old), bytes).and_then(|file| {
        let owner = folder.disk().set_owner_open(file.as_fd(), &old);
        owner.map_err(|error| folder.error("set the owner of", &temporary, error))?;
        folder.disk().sync(file.as_fd()).map_err(|error| folder.error("sync", &temporary, error))?;
        folder.rename_to(&temporary, &folder, name)
    });
    let cleaned = folder.remove_file(&temporary);
    done?;
    cleaned?;
    folder.sync()
}

/// Removes a secret that is kept elsewhere, and waits until it is gone from the disk.
pub fn remove_secret(path: &Path) -> Result<(), WriteError> {
    let (folder, name) = open_parent(&Disk::default(), path)?;
    folder.remove_file(name)?;
    folder.sync()
}

/// Writes a file that did not exist, whole or not at all.
pub(super) fn write_with(disk: &Disk, path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    let (folder, name) = open_parent(disk, path)?;
    let temporary = temporary(name);
    folder.remove_file(&temporary)?;
    let done = write_then_name(&folder, &temporary, name, (bytes, mode));
    let cleaned = folder.remove_file(&temporary);
    done?;
    cleaned?;
    folder.sync()
}

/// Two processes never have one name, and what a dead one left was never anybody's only secret. Whatever git ignores
/// because of its ending it ignores here, too.
pub(super) fn temporary(name: &OsStr) -> OsString {
    let mut temporary = OsString::from(format!(".new.{}.", std::process::id()));
    temporary.push(name);
    temporary
}

fn write_then_name(
    folder: &Folder,
    temporary: &OsStr,
    name: &OsStr,
    (bytes, mode): (&[u8], u32),
) -> Result<(), WriteError> {
    let file = folder.create(temporary, mode, bytes)?;
    folder.disk().sync(file.as_fd()).map_err(|error| folder.error("sync", temporary, error))?;
    name_new(folder, temporary, name)
}

/// Gives a file a name under which nothing lies.
pub(super) fn name_new(folder: &Folder, temporary: &OsStr, name: &OsStr) -> Result<(), WriteError> {
    let mut named = folder.disk().rename_new(folder.fd(), temporary, name);
    if let Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) = named {
        // A link never replaces what is there, either, but leaves two names for a moment.
        named = folder.disk().link(folder.fd(), temporary, folder.fd(), name);
    }
    match named {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(WriteError::Exists { path: folder.place(name) }),
        Err(error) => Err(folder.error("write", name, error)),
    }
}

/// The folder in which a path lies, and its name there.
pub(super) fn open_parent<'p>(disk: &Disk, path: &'p Path) -> Result<(Folder, &'p OsStr), WriteError> {
    let Some(name) = path.file_name() else {
        return Err(io_error("write", path.to_owned(), Errno::ISDIR));
    };
    let parent = path.parent().unwrap_or_else(|| Path::new("."));
    Ok((Folder::open_outside(disk, parent)?, name))
}

#[cfg(test)]
mod tests {
    use super::super::disk::{Failure, Fault};
    use super::*;
    use std::fs;

    #[test]
    fn a_secret_appears_whole_or_not_at_all() {
        for failure in [Failure::Killed, Failure::Full, Failure::Denied] {
            for step in 0.. {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("secret");
                let fault = Fault::at(step, failure);
                let done = write_with(&Disk::new(Some(fault.clone())), &path, b"32 bytes", 0o600);
                if !fault.happened() {
                    done.unwrap();
                    assert!(step > 5);
                    break;
                }
                assert!(done.is_err());
                if path.exists() {
                    // Its bytes are on the disk before its name is.
                    assert_eq!(fs::read(&path).unwrap(), b"32 bytes");
                } else {
                    write_new_secret(&path, b"another").unwrap();
                    assert_eq!(fs::read(&path).unwrap(), b"another");
                    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
                }
            }
        }
    }
}
