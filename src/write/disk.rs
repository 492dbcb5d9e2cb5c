//! All operations on the file system, in one place in which tests can inject failures.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{self, AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The disk is full: this operation fails, and from then on each that needs space.
    Full,
    /// This one operation is not allowed.
    Denied,
    /// The process is gone: this operation and all later ones do nothing. A write stops half way.
    Killed,
}

/// A disk that fails, for tests: at one step, counted from 0.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    steps: Arc<AtomicU64>,
    happened: Arc<AtomicBool>,
    at: Option<(u64, Failure)>,
    no_exchange: bool,
}

impl Fault {
    /// Nothing fails, but steps are counted.
    pub fn never() -> Self {
        Self::default()
    }

    /// The step `at` fails.
    pub fn at(at: u64, failure: Failure) -> Self {
        Self { at: Some((at, failure)), ..Self::default() }
    }

    /// As on a file system that cannot exchange two folders.
    #[must_use]
    pub fn without_exchange(mut self) -> Self {
        self.no_exchange = true;
        self
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::SeqCst)
    }

    /// Whether the step to fail was reached.
    pub fn happened(&self) -> bool {
        self.happened.load(Ordering::SeqCst)
    }

    /// Whether the last step was the one that fails.
    fn is_now(&self) -> bool {
        self.at.is_some_and(|(at, _)| self.steps() == at + 1)
    }

    fn step(&self, needs_space: bool) -> Result<(), Errno> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        let Some((at, failure)) = self.at else { return Ok(()) };
        if step == at {
            self.happened.store(true, Ordering::SeqCst);
        }
        match failure {
            _ if step < at => Ok(()),
            Failure::Killed => Err(Errno::IO),
            Failure::Full if step == at || needs_space => Err(Errno::NOSPC),
            Failure::Denied if step == at => Err(Errno::ACCESS),
            Failure::Full | Failure::Denied => Ok(()),
        }
    }
}

/// One name in a folder.
pub(super) struct Name {
    pub(super) name: OsString,
    /// Not known on some file systems.
    pub(super) kind: FileType,
}

/// The file system. Clones are the same disk.
#[derive(Clone, Default)]
pub(super) struct Disk {
    fault: Option<Fault>,
}

type Done<T = ()> = Result<T, Errno>;

/// The mode of a file that is its owner's alone: of what is secret, of what says much about a cluster, and of what is not
/// complete yet.
pub(super) const PRIVATE: u32 = 0o600;

/// How long, and how often, the clock of a file system is waited for. Linux's go on every 1 to 10 ms.
const TICK: Duration = Duration::from_millis(1);
const TICKS: usize = 25;

impl Disk {
    pub(super) fn new(fault: Option<Fault>) -> Self {
        Self { fault }
    }

    fn step(&self) -> Done {
        self.fault.as_ref().map_or(Ok(()), |fault| fault.step(false))
    }

    fn growing_step(&self) -> Done {
        self.fault.as_ref().map_or(Ok(()), |fault| fault.step(true))
    }

    /// Opens a folder the user named: links on the way to it are the user's business.
    pub(super) fn open_outside(&self, path: &OsStr) -> Done<OwnedFd> {
        self.step()?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        fs::openat(fs::CWD, path, flags, Mode::empty())
    }

    pub(super) fn open_folder(&self, at: BorrowedFd<'_>, name: &OsStr) -> Done<OwnedFd> {
        self.step()?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        fs::openat(at, name, flags, Mode::empty())
    }

    /// Opens a file to read. A pipe that lies there does not make us wait.
    pub(super) fn open_file(&self, at: BorrowedFd<'_>, name: &OsStr) -> Done<OwnedFd> {
        self.step()?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        fs::openat(at, name, flags, Mode::empty())
    }

    /// Opens a file to be changed in place, which is done with the marker only.
    pub(super) fn open_to_change(&self, at: BorrowedFd<'_>, name: &OsStr) -> Done<OwnedFd> {
        self.step()?;
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        fs::openat(at, name, flags, Mode::empty())
    }

    /// Makes a file that did not exist.
    pub(super) fn create(&self, at: BorrowedFd<'_>, name: &OsStr, mode: u32) -> Done<OwnedFd> {
        self.growing_step()?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        fs::openat(at, name, flags, Mode::from_raw_mode(mode))
    }

    pub(super) fn make_folder(&self, at: BorrowedFd<'_>, name: &OsStr, mode: u32) -> Done {
        self.growing_step()?;
        fs::mkdirat(at, name, Mode::from_raw_mode(mode))
    }

    pub(super) fn write(&self, file: BorrowedFd<'_>, mut bytes: &[u8]) -> Done {
        if let Err(error) = self.growing_step() {
            if self.fault.as_ref().is_some_and(Fault::is_now) {
                // A disk that fails has often taken a part.
                rustix::io::write(file, &bytes[..bytes.len() / 2])?;
            }
            return Err(error);
        }
        while !bytes.is_empty() {
            let count = rustix::io::retry_on_intr(|| rustix::io::write(file, bytes))?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Reads until the buffer is full or the file ends.
    pub(super) fn read(&self, file: BorrowedFd<'_>, buffer: &mut [u8]) -> Done<usize> {
        self.step()?;
        let mut filled = 0;
        while filled < buffer.len() {
            match rustix::io::retry_on_intr(|| rustix::io::read(file, &mut buffer[filled..]))? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// What lies at a name; a link is not followed.
    pub(super) fn stat(&self, at: BorrowedFd<'_>, name: &OsStr) -> Done<Stat> {
        self.step()?;
        fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    pub(super) fn stat_open(&self, file: BorrowedFd<'_>) -> Done<Stat> {
        self.step()?;
        fs::fstat(file)
    }

    /// The mode of an open file, whatever the umask.
    pub(super) fn set_mode(&self, file: BorrowedFd<'_>, mode: u32) -> Done {
        self.step()?;
        fs::fchmod(file, Mode::from_raw_mode(mode))
    }

    /// The mode of a folder that we made: no link can lie there.
    pub(super) fn set_mode_at(&self, at: BorrowedFd<'_>, name: &OsStr, mode: u32) -> Done {
        self.step()?;
        fs::chmodat(at, name, Mode::from_raw_mode(mode), AtFlags::empty())
    }

    /// A moment of the file system's clock that is later than all that was written before, as far as the clock goes on in
    /// a few of its ticks. `file` is new and private.
    pub(super) fn next_moment(&self, file: BorrowedFd<'_>) -> Done<Moment> {
        self.step()?;
        let first = changed_at(&fs::fstat(file)?);
        for _ in 0..TICKS {
            fs::fchmod(file, Mode::from_raw_mode(PRIVATE))?;
            let now = changed_at(&fs::fstat(file)?);
            if now > first {
                return Ok(now);
            }
            std::thread::sleep(TICK);
        }
        Ok(first)
    }

    /// Gives an open file the owner and the group that another one has, if it has not.
    pub(super) fn set_owner_open(&self, file: BorrowedFd<'_>, like: &Stat) -> Done {
        self.step()?;
        let now = fs::fstat(file)?;
        if (now.st_uid, now.st_gid) == (like.st_uid, like.st_gid) {
            return Ok(());
        }
        let (owner, group) = (fs::Uid::from_raw(like.st_uid), fs::Gid::from_raw(like.st_gid));
        fs::fchown(file, Some(owner), Some(group))
    }

    /// Gives a folder the owner and the group that another one has.
    pub(super) fn set_owner(&self, at: BorrowedFd<'_>, name: &OsStr, like: &Stat) -> Done {
        self.step()?;
        let (owner, group) = (fs::Uid::from_raw(like.st_uid), fs::Gid::from_raw(like.st_gid));
        fs::chownat(at, name, Some(owner), Some(group), AtFlags::SYMLINK_NOFOLLOW)
    }

    /// A second name for a file; of a link, for the link.
    pub(super) fn link(&self, from: BorrowedFd<'_>, old: &OsStr, to: BorrowedFd<'_>, new: &OsStr) -> Done {
        self.growing_step()?;
        fs::linkat(from, old, to, new, AtFlags::empty())
    }

    pub(super) fn rename(&self, from: BorrowedFd<'_>, old: &OsStr, to: BorrowedFd<'_>, new: &OsStr) -> Done {
        self.step()?;
        fs::renameat(from, old, to, new)
    }

    /// Moves a name to one that is not taken yet.
    pub(super) fn rename_new(&self, at: BorrowedFd<'_>, old: &OsStr, new: &OsStr) -> Done {
        self.step()?;
        if self.fault.as_ref().is_some_and(|fault| fault.no_exchange) {
            return Err(Errno::INVAL);
        }
        fs::renameat_with(at, old, at, new, RenameFlags::NOREPLACE)
    }

    pub(super) fn exchange(
        &self,
        from: BorrowedFd<'_>,
        old: &OsStr,
        to: BorrowedFd<'_>,
        new: &OsStr,
    ) -> Done {
        self.step()?;
        if self.fault.as_ref().is_some_and(|fault| fault.no_exchange) {
            return Err(Errno::INVAL);
        }
        fs::renameat_with(from, old, to, new, RenameFlags::EXCHANGE)
    }

    pub(super) fn remove_file(&self, at: BorrowedFd<'_>, name: &OsStr) -> Done {
        self.step()?;
        fs::unlinkat(at, name, AtFlags::empty())
    }

    pub(super) fn remove_folder(&self, at: BorrowedFd<'_>, name: &OsStr) -> Done {
        self.step()?;
        fs::unlinkat(at, name, AtFlags::REMOVEDIR)
    }

    /// The names in a folder, sorted, and the folder again.
    pub(super) fn names(&self, folder: OwnedFd) -> Done<(Vec<Name>, Dir)> {
        self.step()?;
        let mut folder = Dir::new(folder)?;
        let mut names = Vec::new();
        while let Some(entry) = folder.read() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(Name { name: OsStr::from_bytes(name).to_owned(), kind: entry.file_type() });
            }
        }
        names.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok((names, folder))
    }

    /// Takes the lock of an open file, or says at once that someone else has it.
    pub(super) fn lock(&self, file: BorrowedFd<'_>) -> Done {
        self.step()?;
        fs::flock(file, FlockOperation::NonBlockingLockExclusive)
    }

    pub(super) fn sync(&self, file: BorrowedFd<'_>) -> Done {
        self.step()?;
        fs::fsync(file)
    }

    /// Everything that was written to the file system this folder lies on.
    pub(super) fn sync_all(&self, folder: impl AsFd) -> Done {
        self.step()?;
        #[cfg(target_os = "linux")]
        return fs::syncfs(folder);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = folder;
            fs::sync();
            Ok(())
        }
    }
}

/// Gives a lock back, whoever else has the same open file. What fails here ends with the process.
pub(super) fn unlock(file: BorrowedFd<'_>) {
    let _ = fs::flock(file, FlockOperation::Unlock);
}

/// Seconds and nanoseconds since 1970, by the clock of a file system.
pub(super) type Moment = (i64, u64);

/// When a file's content was last changed.
#[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "platforms have different types of them")]
pub(super) fn moment_of(stat: &Stat) -> Moment {
    (stat.st_mtime as i64, stat.st_mtime_nsec as u64)
}

/// When anything of a file or a folder was last changed.
#[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "platforms have different types of them")]
pub(super) fn changed_at(stat: &Stat) -> Moment {
    moment_of(stat).max((stat.st_ctime as i64, stat.st_ctime_nsec as u64))
}
