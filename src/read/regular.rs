//! Opens regular files of limited size, and nothing whose opening could block or have side effects.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};

use super::refusal::{LARGEST, Refusal};

/// Opens what `open` finds, if it is a regular file. A device, a FIFO or a socket is found out before it is opened.
///
/// # Errors
/// As the system says, or a [`Refusal`].
pub(super) fn regular(open: impl Fn(OFlags) -> io::Result<OwnedFd>) -> io::Result<File> {
    let seen = stat(&open(OFlags::PATH)?)?;
    // Whatever is exchanged for it meanwhile cannot block either.
    let file = open(OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?;
    let opened = stat(&file)?;
    if (seen.st_dev, seen.st_ino) != (opened.st_dev, opened.st_ino) {
        return Err(Refusal::Exchanged.into());
    }
    Ok(file.into())
}

/// What is known of a file that may be read.
fn stat(file: &impl AsFd) -> io::Result<Stat> {
    let stat = fstat(file)?;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => None,
        FileType::Directory => Some("a directory"),
        FileType::Fifo => Some("a FIFO"),
        FileType::Socket => Some("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => Some("a device"),
        FileType::Symlink | FileType::Unknown => Some("something else"),
    };
    match kind {
        Some(kind) => Err(Refusal::NotAFile(kind).into()),
        None if u64::try_from(stat.st_size).unwrap_or(u64::MAX) > LARGEST => Err(Refusal::TooLarge.into()),
        None => Ok(stat),
    }
}

/// The bytes of a file, as far as one may be large.
pub(super) fn bytes(file: File) -> io::Result<Vec<u8>> {
    // A buffer that grows is copied again and again.
    let size = file.metadata()?.len().min(LARGEST) + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(Refusal::TooLarge.into()) } else { Ok(bytes) }
}

/// The first bytes of a file, in a buffer that does not grow; less than `most` where it ends before.
pub(super) fn first_bytes(mut file: File, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most];
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Opens a file that a person named: it may lie anywhere and be reached by any link.
///
/// # Errors
/// As the system says, or a [`Refusal`].
pub fn open_named(path: &Path) -> io::Result<File> {
    regular(|flags| Ok(rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?))
}

/// All bytes of a file that a person named.
///
/// # Errors
/// As the system says, or a [`Refusal`].
pub fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    bytes(open_named(path)?)
}
