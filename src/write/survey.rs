//! Compares the contents of a unit's directory with what a build would write there.

use super::change::{ChangeKind, PathChange};
use super::disk::Name;
use super::error::WriteError;
use super::folder::{Folder, io_error, kind_of, mode_of};
use super::layout::{IMPLIED_MODE, Layout, State};
use super::manifest::Ours;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FileType, Stat};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Files are compared in pieces of this size; most are smaller. The buffer is wiped for each unit, which
/// takes time.
const PIECE: usize = 8 << 10;

/// Something that is not ours and stays.
pub(super) struct Carried {
    pub(super) path: Vec<u8>,
    /// A folder is made again, everything else is linked.
    pub(super) folder: Option<Stat>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Survey {
    /// Whether there is a folder at all.
    pub(super) exists: bool,
    /// Whether the folder has to be made again: something in it changes.
    pub(super) differs: bool,
    pub(super) paths: Vec<PathChange>,
    pub(super) carried: Vec<Carried>,
    pub(super) written: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
}

/// Compares. `ours` is what the earlier manifest lists, or `None` if that is exactly what is to lie there.
pub(super) fn survey(
    folder: Option<&Folder>,
    layout: &mut Layout<'_>,
    ours: Option<&Ours>,
) -> Result<Survey, WriteError> {
    let Some(folder) = folder else {
        let mut found = Survey { differs: true, ..Survey::default() };
        report(layout, &mut found);
        return Ok(found);
    };
    let buffer = Zeroizing::new(vec![0; PIECE]);
    let found = Survey { exists: true, ..Survey::default() };
    let mut walk = Walk { folder, layout, ours, found, path: Vec::new(), buffer };
    walk.root()?;
    let mut found = walk.found;
    report(layout, &mut found);
    Ok(found)
}

/// Adds what the entries' states say to what was found, and puts all in order.
fn report(layout: &Layout<'_>, found: &mut Survey) {
    for (path, node) in &layout.nodes {
        let is_file = node.bytes().is_some();
        match node.state {
            State::Same => found.unchanged += usize::from(is_file),
            _ => found.written += usize::from(is_file),
        }
        let kind = match node.state {
            State::Missing => ChangeKind::Added,
            State::Other => ChangeKind::Content,
            State::OtherMode => ChangeKind::Mode,
            State::Same => continue,
        };
        found.differs = true;
        // A folder that others imply is worth a word only if its mode changes.
        if node.entry.is_some() || kind == ChangeKind::Mode {
            found.paths.push(change(path, kind));
        }
    }
    found.paths.sort_by(|one, other| one.path.cmp(&other.path));
}

fn change(path: &[u8], kind: ChangeKind) -> PathChange {
    PathChange { path: String::from_utf8_lossy(path).into_owned(), kind }
}

struct Walk<'w, 'a> {
    folder: &'w Folder,
    layout: &'w mut Layout<'a>,
    ours: Option<&'w Ours>,
    found: Survey,
    /// Where we are, below the folder.
    path: Vec<u8>,
    buffer: Zeroizing<Vec<u8>>,
}

type Done<T = ()> = Result<T, WriteError>;

impl Walk<'_, '_> {
    fn root(&mut self) -> Done {
        let disk = self.folder.disk();
        let stat = disk.stat_open(self.folder.fd()).map_err(|error| self.error("look at", error))?;
        self.found.differs = mode_of(&stat) != IMPLIED_MODE;
        let again = disk.open_folder(self.folder.fd(), OsStr::new("."));
        let again = again.map_err(|error| self.error("open", error))?;
        self.each(again, Self::planned)
    }

    /// Looks at each name of a folder.
    fn each(&mut self, folder: OwnedFd, look: fn(&mut Self, BorrowedFd<'_>, &Name) -> Done) -> Done {
        let names = self.folder.disk().names(folder);
        let (names, folder) = names.map_err(|error| self.error("list", error))?;
        let fd = folder.fd().map_err(|error| self.error("list", error))?;
        let length = self.path.len();
        for name in &names {
            if length > 0 {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(name.name.as_bytes());
            look(self, fd, name)?;
            self.path.truncate(length);
        }
        Ok(())
    }

    /// A name in a folder that stays.
    fn planned(&mut self, at: BorrowedFd<'_>, name: &Name) -> Done {
        let Some(node) = self.layout.nodes.get(&*self.path) else {
            return self.unplanned(at, name);
        };
        let (mode, bytes) = (node.mode, node.bytes());
        let stat = self.stat(at, name)?;
        match (bytes, kind_of(&stat)) {
            (_, FileType::Symlink) => Err(WriteError::Link { path: self.place() }),
            (None, FileType::Directory) => {
                self.set(if mode_of(&stat) == mode { State::Same } else { State::OtherMode });
                let folder = self.open(at, name)?;
                self.each(folder, Self::planned)
            }
            (Some(bytes), FileType::RegularFile) => self.compare(at, name, &stat, mode, bytes),
            (None, FileType::RegularFile) if self.is_listed_file() => {
                self.removed();
                Ok(())
            }
            (Some(_), FileType::Directory) if self.was_folder() => self.replaced_by_file(at, name),
            _ => Err(self.foreign()),
        }
    }

    /// A file where a file is to lie.
    fn compare(&mut self, at: BorrowedFd<'_>, name: &Name, stat: &Stat, mode: u32, bytes: &[u8]) -> Done {
        let same_content = u64::try_from(stat.st_size).is_ok_and(|size| size == bytes.len() as u64)
            && self.same_bytes(at, &name.name, bytes)?;
        let state = match same_content {
            true if mode_of(stat) == mode => State::Same,
            true => State::OtherMode,
            false => State::Other,
        };
        if !same_content && !self.was_file() {
            return Err(self.foreign());
        }
        self.set(state);
        Ok(())
    }

    fn same_bytes(&mut self, at: BorrowedFd<'_>, name: &OsStr, bytes: &[u8]) -> Done<bool> {
        let disk = self.folder.disk();
        let file = disk.open_file(at, name).map_err(|error| self.error("open", error))?;
        for piece in bytes.chunks(PIECE) {
            let there = &mut self.buffer[..piece.len()];
            let count = disk.read(file.as_fd(), there).map_err(|error| self.error("read", error))?;
            if self.buffer[..count] != *piece {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A folder of ours where a file is to lie: all that lies in it has to be ours.
    fn replaced_by_file(&mut self, at: BorrowedFd<'_>, name: &Name) -> Done {
        let before = self.found.carried.len();
        let folder = self.open(at, name)?;
        self.each(folder, Self::unplanned)?;
        match self.found.carried.get(before) {
            None => Ok(()),
            Some(carried) => Err(self.foreign_at(carried.path.clone())),
        }
    }

    /// A name where nothing of ours is to lie: it goes if it was ours and stays if it was not.
    fn unplanned(&mut self, at: BorrowedFd<'_>, name: &Name) -> Done {
        let kind = match name.kind {
            FileType::Unknown => kind_of(&self.stat(at, name)?),
            known => known,
        };
        let listed = self.ours.is_some_and(|ours| ours.is_file(&self.path) || ours.is_folder(&self.path));
        match kind {
            FileType::Directory => self.unplanned_folder(at, name),
            FileType::Symlink if listed => Err(WriteError::Link { path: self.place() }),
            FileType::RegularFile if self.is_listed_file() => {
                self.removed();
                Ok(())
            }
            _ => {
                self.found.carried.push(Carried { path: self.path.clone(), folder: None });
                Ok(())
            }
        }
    }

    fn unplanned_folder(&mut self, at: BorrowedFd<'_>, name: &Name) -> Done {
        let stat = self.stat(at, name)?;
        let before = self.found.carried.len();
        self.found.carried.push(Carried { path: self.path.clone(), folder: Some(stat) });
        let folder = self.open(at, name)?;
        self.each(folder, Self::unplanned)?;
        let ours = self.ours.filter(|ours| ours.is_folder(&self.path));
        if let Some(ours) = ours
            && self.found.carried.len() == before + 1
        {
            self.found.carried.pop();
            self.found.differs = true;
            if ours.is_declared_folder(&self.path) {
                self.found.paths.push(change(&self.path, ChangeKind::Removed));
            }
        }
        Ok(())
    }

    fn removed(&mut self) {
        self.found.differs = true;
        self.found.removed += 1;
        // What becomes a folder is reported as that.
        if !self.layout.nodes.contains_key(&*self.path) {
            self.found.paths.push(change(&self.path, ChangeKind::Removed));
        }
    }

    fn set(&mut self, state: State) {
        if let Some(node) = self.layout.nodes.get_mut(&*self.path) {
            node.state = state;
        }
    }

    /// Whether what lies where a file of ours is to lie was ours. Where the manifest stays as it is, it was.
    fn was_file(&self) -> bool {
        self.ours.is_none_or(|ours| ours.is_file(&self.path))
    }

    fn is_listed_file(&self) -> bool {
        self.ours.is_some_and(|ours| ours.is_file(&self.path))
    }

    fn was_folder(&self) -> bool {
        self.ours.is_some_and(|ours| ours.is_folder(&self.path))
    }

    fn open(&self, at: BorrowedFd<'_>, name: &Name) -> Done<OwnedFd> {
        self.folder.disk().open_folder(at, &name.name).map_err(|error| self.error("open", error))
    }

    fn stat(&self, at: BorrowedFd<'_>, name: &Name) -> Done<Stat> {
        self.folder.disk().stat(at, &name.name).map_err(|error| self.error("look at", error))
    }

    fn place(&self) -> PathBuf {
        self.folder.place(OsStr::from_bytes(&self.path))
    }

    fn error(&self, action: &'static str, error: Errno) -> WriteError {
        io_error(action, self.place(), error)
    }

    fn foreign(&self) -> WriteError {
        self.foreign_at(self.path.clone())
    }

    fn foreign_at(&self, path: Vec<u8>) -> WriteError {
        let node = self.layout.nodes.get(&*self.path);
        let artefact = match node.and_then(|node| node.entry) {
            Some(entry) => entry.artefact.clone(),
            None => "a directory of other files".to_owned(),
        };
        WriteError::Foreign { path: self.folder.place(OsStr::from_bytes(&path)), artefact }
    }
}
