//! An open directory: operations on the names in it, with errors that include the path.
//!
//! A name is one path component, except in directories that this process has just created, where no link can be in
//! between.

use super::disk::{Disk, Name, PRIVATE};
use super::error::WriteError;
use super::text::Text;
use crate::values::hex;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FileType, Stat};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// No file that a build reads here is larger, in bytes: the lock of a hundred thousand hosts is smaller.
const LARGEST: usize = 256 << 20;

/// What is public has the mode that the umask leaves.
const PUBLIC: u32 = 0o666;

/// So many bytes of a file are read at once where it is not kept.
const AT_ONCE: usize = 64 << 10;

/// An open folder and where it lies.
pub(super) struct Folder {
    disk: Disk,
    fd: OwnedFd,
    path: PathBuf,
}

type Done<T = ()> = Result<T, WriteError>;

impl Folder {
    /// Opens a folder that the user named, and that has to exist.
    pub(super) fn open_outside(disk: &Disk, path: &Path) -> Done<Self> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        match disk.open_outside(path.as_os_str()) {
            Ok(fd) => Ok(Self { disk: disk.clone(), fd, path: path.to_owned() }),
            Err(error) => Err(io_error("open", path.to_owned(), error)),
        }
    }

    /// Opens a folder in this one, if there is one.
    pub(super) fn open(&self, name: impl AsRef<OsStr>) -> Done<Option<Self>> {
        let name = name.as_ref();
        match self.disk.open_folder(self.fd(), name) {
            Ok(fd) => Ok(Some(Self { disk: self.disk.clone(), fd, path: self.place(name) })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) => Err(self.not_a(name, "a directory")),
            Err(error) => Err(self.error("open", name, error)),
        }
    }

    /// Opens a folder in this one, and makes it for its owner alone if there is none.
    pub(super) fn open_or_make(&self, name: impl AsRef<OsStr>, mode: u32) -> Done<Self> {
        let name = name.as_ref();
        if let Some(folder) = self.open(name)? {
            return Ok(folder);
        }
        self.make(name)?;
        self.set_mode(name, mode)?;
        self.open_existing(name)
    }

    /// Opens a folder that was there a moment ago.
    pub(super) fn open_existing(&self, name: impl AsRef<OsStr>) -> Done<Self> {
        let name = name.as_ref();
        self.open(name)?.ok_or_else(|| self.error("open", name, Errno::NOENT))
    }

    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a name of this folder lies.
    pub(super) fn place(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.path.join(name.as_ref())
    }

    /// What lies at a name, if anything does. A link is not followed.
    pub(super) fn stat(&self, name: impl AsRef<OsStr>) -> Done<Option<Stat>> {
        let name = name.as_ref();
        match self.disk.stat(self.fd(), name) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.error("look at", name, error)),
        }
    }

    /// The names in this folder, sorted.
    pub(super) fn names(&self) -> Done<Vec<Name>> {
        let again = self.disk.open_folder(self.fd(), OsStr::new("."));
        let names = again.and_then(|folder| self.disk.names(folder));
        names.map(|(names, _)| names).map_err(|error| io_error("list", self.path.clone(), error))
    }

    /// The bytes of a file, if there is one.
    pub(super) fn read(&self, name: impl AsRef<OsStr>) -> Done<Option<Zeroizing<Vec<u8>>>> {
        let name = name.as_ref();
        let file = self.open_file(name)?;
        file.map(|file| self.read_open(file.as_fd(), name)).transpose()
    }

    /// The SHA-256 of a file in hexadecimal digits, if there is one.
    pub(super) fn sha256(&self, name: impl AsRef<OsStr>) -> Done<Option<String>> {
        let name = name.as_ref();
        let Some(file) = self.open_file(name)? else { return Ok(None) };
        let _ = self.size_of(file.as_fd(), name)?;
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; AT_ONCE]);
        loop {
            let count = self.disk.read(file.as_fd(), &mut buffer);
            match count.map_err(|error| self.error("read", name, error))? {
                0 => return Ok(Some(hex(&hash.finalize()))),
                count => hash.update(&buffer[..count]),
            }
        }
    }

    fn open_file(&self, name: &OsStr) -> Done<Option<OwnedFd>> {
        match self.disk.open_file(self.fd(), name) {
            Ok(file) => Ok(Some(file)),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::LOOP | Errno::NXIO) => Err(self.not_a(name, "a file")),
            Err(error) => Err(self.error("open", name, error)),
        }
    }

    /// How large a file is that is read.
    fn size_of(&self, file: BorrowedFd<'_>, name: &OsStr) -> Done<usize> {
        let stat = self.disk.stat_open(file).map_err(|error| self.error("read", name, error))?;
        if kind_of(&stat) != FileType::RegularFile {
            return Err(self.not_a(name, "a file"));
        }
        let size = usize::try_from(stat.st_size).unwrap_or(usize::MAX);
        if size > LARGEST {
            return Err(self.not_a(name, "a file of at most 256 MiB"));
        }
        Ok(size)
    }

    /// The bytes of an open file.
    pub(super) fn read_open(&self, file: BorrowedFd<'_>, name: &OsStr) -> Done<Zeroizing<Vec<u8>>> {
        let size = self.size_of(file, name)?;
        let mut bytes = Zeroizing::new(vec![0; size]);
        let count = self.disk.read(file, &mut bytes).map_err(|error| self.error("read", name, error))?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Makes a file that did not exist, and gives it its mode once it is complete.
    pub(super) fn create(&self, name: impl AsRef<OsStr>, mode: u32, bytes: &[u8]) -> Done<OwnedFd> {
        let name = name.as_ref();
        let file = self.create_as(name, PRIVATE, bytes)?;
        self.set_mode_open(file.as_fd(), name, mode)?;
        Ok(file)
    }

    /// Makes a file that did not exist, with at most the rights of a mode.
    pub(super) fn create_as(&self, name: &OsStr, mode: u32, bytes: &[u8]) -> Done<OwnedFd> {
        let write = |error| self.error("write", name, error);
        let file = self.disk.create(self.fd(), name, mode).map_err(write)?;
        self.disk.write(file.as_fd(), bytes).map_err(write)?;
        Ok(file)
    }

    /// The mode of a file that we made.
    pub(super) fn set_mode_open(&self, file: BorrowedFd<'_>, name: &OsStr, mode: u32) -> Done {
        self.disk.set_mode(file, mode).map_err(|error| self.error("write", name, error))
    }

    /// Makes a public file that did not exist, with the mode of the one it replaces or else as the umask has
    /// it, and waits until it is on the disk.
    pub(super) fn create_public(
        &self,
        name: impl AsRef<OsStr>,
        like: Option<&Stat>,
        text: &Text<'_>,
    ) -> Done {
        let name = name.as_ref();
        let write = |error| self.error("write", name, error);
        let mode = if like.is_some() { PRIVATE } else { PUBLIC };
        let file = self.disk.create(self.fd(), name, mode).map_err(write)?;
        let mut done = Ok(());
        text(&mut |piece| {
            if done.is_ok() {
                done = self.disk.write(file.as_fd(), piece);
            }
        });
        done.map_err(write)?;
        if let Some(like) = like {
            self.disk.set_mode(file.as_fd(), mode_of(like)).map_err(write)?;
        }
        self.disk.sync(file.as_fd()).map_err(write)
    }

    /// Makes a folder for its owner alone; it gets its mode once it is complete.
    pub(super) fn make(&self, name: impl AsRef<OsStr>) -> Done {
        self.make_as(name.as_ref(), 0o700)
    }

    /// Makes a folder with at most the rights of a mode.
    pub(super) fn make_as(&self, name: &OsStr, mode: u32) -> Done {
        self.disk.make_folder(self.fd(), name, mode).map_err(|error| self.error("make", name, error))
    }

    /// Makes a folder as the umask has it: for what is public.
    pub(super) fn make_public(&self, name: impl AsRef<OsStr>) -> Done {
        self.make_as(name.as_ref(), 0o777)
    }

    /// The mode of a folder that we made.
    pub(super) fn set_mode(&self, name: impl AsRef<OsStr>, mode: u32) -> Done {
        let name = name.as_ref();
        let done = self.disk.set_mode_at(self.fd(), name, mode);
        done.map_err(|error| self.error("set the mode of", name, error))
    }

    /// Gives a folder that we made the owner that another one has.
    pub(super) fn set_owner(&self, name: &OsStr, like: &Stat) -> Done {
        let done = self.disk.set_owner(self.fd(), name, like);
        done.map_err(|error| self.error("set the owner of", name, error))
    }

    /// Gives a file of this folder a second name.
    pub(super) fn link_to(&self, old: &OsStr, to: &Self, new: &OsStr) -> Done {
        self.disk.link(self.fd(), old, to.fd(), new).map_err(|error| self.error("link", old, error))
    }

    /// Moves a name of this folder, in place of what is there.
    pub(super) fn rename_to(&self, old: impl AsRef<OsStr>, to: &Self, new: impl AsRef<OsStr>) -> Done {
        let (old, new) = (old.as_ref(), new.as_ref());
        let done = self.disk.rename(self.fd(), old, to.fd(), new);
        done.map_err(|error| to.error("put in place", new, error))
    }

    /// Exchanges two names; `false` where the file system cannot do that.
    pub(super) fn exchange_with(&self, old: &str, to: &Self, new: &str) -> Done<bool> {
        match self.disk.exchange(self.fd(), old.as_ref(), to.fd(), new.as_ref()) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
            Err(error) => Err(to.error("put in place", new.as_ref(), error)),
        }
    }

    /// Removes a file; `false` if there was none.
    pub(super) fn remove_file(&self, name: impl AsRef<OsStr>) -> Done<bool> {
        let name = name.as_ref();
        match self.disk.remove_file(self.fd(), name) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(self.error("remove", name, error)),
        }
    }

    /// Removes a folder unless something lies in it.
    pub(super) fn remove_if_empty(&self, name: impl AsRef<OsStr>) -> Done {
        let name = name.as_ref();
        match self.disk.remove_folder(self.fd(), name) {
            Ok(()) | Err(Errno::NOENT | Errno::NOTEMPTY | Errno::EXIST) => Ok(()),
            Err(error) => Err(self.error("remove", name, error)),
        }
    }

    /// Waits until the names of this folder are on the disk.
    pub(super) fn sync(&self) -> Done {
        self.disk.sync(self.fd()).map_err(|error| io_error("sync", self.path.clone(), error))
    }

    /// Waits until everything on this folder's file system is on the disk.
    pub(super) fn sync_all(&self) -> Done {
        self.disk.sync_all(self.fd()).map_err(|error| io_error("sync", self.path.clone(), error))
    }

    /// An error at a name of this folder.
    pub(super) fn error(&self, action: &'static str, name: &OsStr, error: Errno) -> WriteError {
        io_error(action, self.place(name), error)
    }

    /// Says what is wrong with a name at which something of another kind lies.
    pub(super) fn not_a(&self, name: &OsStr, expected: &'static str) -> WriteError {
        let path = self.place(name);
        match self.disk.stat(self.fd(), name) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => {
                WriteError::Link { path }
            }
            _ => WriteError::Kind { path, expected },
        }
    }
}

/// The mode of a file without its kind.
pub(super) fn mode_of(stat: &Stat) -> u32 {
    stat.st_mode & 0o7777
}

/// What kind of thing it is.
pub(super) fn kind_of(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

pub(super) fn io_error(action: &'static str, path: PathBuf, error: Errno) -> WriteError {
    WriteError::Io { action, path, source: error.into() }
}
