//! Opens files below a directory, and never outside of it, wherever links lead.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, readlinkat, statat};

/// How many links are followed on the way to one file, as Linux does (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// A path, or a link on the way, leads out of the folder.
pub(super) fn leads_out(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::XDEV.raw_os_error())
}

/// Opens a path beneath a folder. Links are followed as long as they stay beneath it.
///
/// # Errors
/// As the system says; see [`leads_out`].
pub(super) fn open(folder: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    open_with(folder, path, flags, Links::Followed)
}

/// The same, where a link on the way is an error (ELOOP).
pub(super) fn open_bare(folder: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    open_with(folder, path, flags, Links::Refused)
}

/// What becomes of links.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

fn open_with(folder: BorrowedFd<'_>, path: &Path, flags: OFlags, links: Links) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    match by_kernel(folder, path, flags, links) {
        Some(opened) => opened,
        None => step_by_step(folder, path, flags, links),
    }
}

/// By openat2(2); none where the kernel, or what guards it, does not have it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn by_kernel(
    folder: BorrowedFd<'_>,
    path: &Path,
    flags: OFlags,
    links: Links,
) -> Option<io::Result<OwnedFd>> {
    use rustix::fs::{ResolveFlags, openat2};
    use rustix::io::Errno;

    // The kernel gives up where something was renamed while it looked at `..`.
    const TRIES: usize = 16;
    let mut resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    resolve.set(ResolveFlags::NO_SYMLINKS, links == Links::Refused);
    for _ in 0..TRIES {
        match openat2(folder, path, flags, Mode::empty(), resolve) {
            Err(Errno::AGAIN) => {}
            Err(Errno::NOSYS | Errno::PERM) => return None,
            opened => return Some(opened.map_err(io::Error::from)),
        }
    }
    None
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn by_kernel(_: BorrowedFd<'_>, _: &Path, _: OFlags, _: Links) -> Option<io::Result<OwnedFd>> {
    None
}

/// Part by part, every folder held open, so that nothing that is exchanged meanwhile leads elsewhere.
fn step_by_step(folder: BorrowedFd<'_>, path: &Path, flags: OFlags, links: Links) -> io::Result<OwnedFd> {
    let most = if links == Links::Refused { 0 } else { MOST_LINKS };
    let out = || io::Error::from(rustix::io::Errno::XDEV);
    let mut above: Vec<OwnedFd> = Vec::new();
    let mut rest = parts(path).ok_or_else(out)?;
    let mut followed = 0;
    while let Some(part) = rest.pop_front() {
        if part == ".." {
            above.pop().ok_or_else(out)?;
            continue;
        }
        let at = above.last().map_or(folder, |folder| folder.as_fd());
        let found = statat(at, &part, AtFlags::SYMLINK_NOFOLLOW)?;
        if FileType::from_raw_mode(found.st_mode) == FileType::Symlink {
            followed += 1;
            if followed > most {
                return Err(rustix::io::Errno::LOOP.into());
            }
            let target = OsString::from_vec(readlinkat(at, &part, Vec::new())?.into_bytes());
            let target = parts(Path::new(&target)).ok_or_else(out)?;
            target.into_iter().rev().for_each(|part| rest.push_front(part));
        } else if rest.is_empty() {
            return Ok(openat(at, &part, flags | OFlags::NOFOLLOW, Mode::empty())?);
        } else {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let next = openat(at, &part, flags, Mode::empty())?;
            above.push(next);
        }
    }
    let at = above.last().map_or(folder, |folder| folder.as_fd());
    Ok(openat(at, ".", flags, Mode::empty())?)
}

/// The parts of a path; none if it is absolute.
fn parts(path: &Path) -> Option<VecDeque<OsString>> {
    let part = |part: Component<'_>| match part {
        Component::Prefix(_) | Component::RootDir => Err(()),
        Component::CurDir => Ok(None),
        Component::ParentDir => Ok(Some(OsStr::new("..").to_owned())),
        Component::Normal(name) => Ok(Some(name.to_owned())),
    };
    path.components().map(part).filter_map(Result::transpose).collect::<Result<_, ()>>().ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;

    use super::*;

    type Way = fn(BorrowedFd<'_>, &Path, OFlags) -> io::Result<OwnedFd>;

    fn steps(folder: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        step_by_step(folder, path, flags, Links::Followed)
    }

    fn bare_steps(folder: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        step_by_step(folder, path, flags, Links::Refused)
    }

    #[test]
    fn both_ways_open_the_same() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("root");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/file"), "inside").unwrap();
        fs::write(outer.path().join("other"), "outside").unwrap();
        for (link, target) in [
            ("a/b/up", "../file"),
            ("a/b/out", "../../../other"),
            ("a/b/absolute", "/etc/hostname"),
            ("folder", "a/b"),
            ("loop", "loop"),
            ("chain", "folder/up"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let folder = File::open(&root).unwrap();
        let read = |way: Way, path: &str| {
            let opened = way(folder.as_fd(), Path::new(path), OFlags::RDONLY | OFlags::CLOEXEC);
            opened
                .map(|file| io::read_to_string(File::from(file)).unwrap_or_default())
                .map_err(|e| leads_out(&e))
        };
        for (path, expected) in [
            ("a/file", Ok("inside")),
            ("./a/b/../file", Ok("inside")),
            ("a/b/up", Ok("inside")),
            ("chain", Ok("inside")),
            ("folder/../file", Ok("inside")),
            ("a/../..", Err(true)),
            ("../other", Err(true)),
            ("a/b/out", Err(true)),
            ("a/b/absolute", Err(true)),
            ("loop", Err(false)),
            ("a/nothing", Err(false)),
            ("a/file/below", Err(false)),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(read(steps, path), expected, "step by step: {path}");
            assert_eq!(read(open, path), expected, "{path}");
        }
        for (path, expected) in
            [("a/file", Ok("inside")), ("a/b/up", Err(false)), ("folder/../a/file", Err(false))]
        {
            let expected = expected.map(str::to_owned);
            assert_eq!(read(bare_steps, path), expected, "step by step: {path}");
            assert_eq!(read(open_bare, path), expected, "{path}");
        }
    }
}
