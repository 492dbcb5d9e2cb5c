//! Writes an HTML page: a new file, or the replacement of an older page.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::{Folder, kind_of};
use super::secret::{name_new, open_parent, temporary};
use rustix::fd::AsFd;
use rustix::fs::FileType;
use std::ffi::OsStr;
use std::path::Path;

/// Writes a page, which begins with `mark`. It replaces a file that begins so, too, and nothing else: no link is
/// followed, and nothing is waited for.
///
/// # Errors
/// Something else lies there, or what the disk refuses; what lay there is as it was then.
pub fn write_page(path: &Path, mark: &str, bytes: &[u8]) -> Result<(), WriteError> {
    let (folder, name) = open_parent(&Disk::default(), path)?;
    let taken = || WriteError::NotAPage { path: path.to_owned() };
    let old = folder.stat(name)?;
    if let Some(old) = &old
        && (kind_of(old) != FileType::RegularFile || !begins_with(&folder, name, mark)?)
    {
        return Err(taken());
    }
    let temporary = temporary(name);
    folder.remove_file(&temporary)?;
    let done = folder.create_public(&temporary, old.as_ref(), &|each| each(bytes)).and_then(|()| match old {
        Some(_) => folder.rename_to(&temporary, &folder, name),
        None => name_new(&folder, &temporary, name),
    });
    let cleaned = folder.remove_file(&temporary);
    done.map_err(|error| if matches!(error, WriteError::Exists { .. }) { taken() } else { error })?;
    cleaned?;
    folder.sync()
}

fn begins_with(folder: &Folder, name: &OsStr, mark: &str) -> Result<bool, WriteError> {
    let disk = folder.disk();
    let file = disk.open_file(folder.fd(), name).map_err(|error| folder.error("open", name, error))?;
    let mut begin = vec![0; mark.len()];
    let count = disk.read(file.as_fd(), &mut begin).map_err(|error| folder.error("read", name, error))?;
    Ok(begin[..count] == *mark.as_bytes())
}
