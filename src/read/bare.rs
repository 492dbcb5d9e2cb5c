//! A directory in which links are not followed, with the modes and owners of its files: the source for a host's files.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawMode, Stat, readlinkat, statat};

use super::beneath;
use super::refusal::Refusal;
use super::regular::{first_bytes, regular};

/// A folder in which no link is followed: a path with one on its way is an error. Paths are relative to it.
#[derive(Debug)]
pub struct Bare {
    folder: OwnedFd,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lies {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, and its target as it is written.
    Link(String),
    /// A device, a FIFO or a socket.
    Other(&'static str),
}

/// What lies at a path, with its access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    /// What it is.
    pub what: Lies,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner's number.
    pub user: u32,
    /// Its group's number.
    pub group: u32,
    /// Its bytes.
    pub size: u64,
}

impl Bare {
    /// Opens a folder that a person named, through whatever links.
    ///
    /// # Errors
    /// As the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { folder: rustix::fs::open(path, flags, Mode::empty())? })
    }

    /// What lies at a path; none where nothing does.
    ///
    /// # Errors
    /// As the system says.
    pub fn look(&self, path: &Path) -> io::Result<Option<Lying>> {
        let (above, name) = match (path.parent(), path.file_name()) {
            (Some(above), Some(name)) => (above, Path::new(name)),
            _ => (Path::new(""), Path::new(".")),
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let found = beneath::open_bare(self.folder.as_fd(), above, flags).and_then(|above| {
            let stat = statat(&above, name, AtFlags::SYMLINK_NOFOLLOW)?;
            lying(&above, name, &stat)
        });
        match found {
            Ok(found) => Ok(Some(found)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// All bytes of a regular file that has at most so many.
    ///
    /// # Errors
    /// As the system says, or a [`Refusal`].
    pub fn bytes(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let size = self.look(path)?.map_or(0, |found| found.size);
        if size > most {
            return Err(Refusal::TooLarge.into());
        }
        // What grows meanwhile is found out by the byte more.
        let length = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
        let bytes = self.first_bytes(path, length)?;
        if bytes.len() == length { Err(Refusal::Exchanged.into()) } else { Ok(bytes) }
    }

    /// The first bytes of a regular file.
    ///
    /// # Errors
    /// As the system says, or a [`Refusal`].
    pub fn first_bytes(&self, path: &Path, most: usize) -> io::Result<Vec<u8>> {
        let file = regular(|flags| beneath::open_bare(self.folder.as_fd(), path, flags | OFlags::NOFOLLOW))?;
        first_bytes(file, most)
    }

    /// The names in a folder, in any order, with what they are.
    ///
    /// # Errors
    /// As the system says, or a [`Refusal`] where there are more than `most`.
    pub fn list(&self, folder: &Path, most: usize) -> io::Result<Vec<(String, Lies)>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK;
        let opened = beneath::open_bare(self.folder.as_fd(), folder, flags)?;
        let mut found = Vec::new();
        for entry in rustix::fs::Dir::read_from(&opened)? {
            let entry = entry?;
            // No name that a program looks for is anything but UTF-8.
            let Ok(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            if matches!(&*name, "." | "..") {
                continue;
            }
            if found.len() >= most {
                return Err(Refusal::TooLarge.into());
            }
            let Ok(stat) = statat(&opened, &*name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            let Ok(lying) = lying(&opened, Path::new(&name), &stat) else { continue };
            found.push((name, lying.what));
        }
        Ok(found)
    }
}

fn lying(above: &OwnedFd, name: &Path, stat: &Stat) -> io::Result<Lying> {
    let what = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Lies::File,
        FileType::Directory => Lies::Folder,
        FileType::Symlink => {
            let target = readlinkat(above, name, Vec::new())?;
            Lies::Link(target.to_string_lossy().into_owned())
        }
        FileType::Fifo => Lies::Other("a FIFO"),
        FileType::Socket => Lies::Other("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => Lies::Other("a device"),
        FileType::Unknown => Lies::Other("something else"),
    };
    let bits: RawMode = stat.st_mode & 0o7777;
    let size = u64::try_from(stat.st_size).unwrap_or_default();
    Ok(Lying { what, mode: bits, user: stat.st_uid, group: stat.st_gid, size })
}
