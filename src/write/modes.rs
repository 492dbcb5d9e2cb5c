//! Makes files and directories with their modes at once, where that is possible.
//!
//! A new file or directory has fewer rights than asked for where the umask or an access control list of the directory
//! takes some away. Everything in the staging directory has one umask, and inherits the same list. So a look at the first
//! of each mode says of all others whether their mode has to be set again.

use super::error::WriteError;
use super::folder::{Folder, mode_of};
use rustix::fd::AsFd;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::{PoisonError, RwLock};

/// The rights of the owner, without which nothing can be made in a directory.
const OWNER: u32 = 0o700;

/// What is known of the modes of a staging directory.
#[derive(Default)]
pub(super) struct Modes(RwLock<BTreeMap<(Kind, u32), bool>>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Directory,
    File,
}

type Done<T = ()> = Result<T, WriteError>;

impl Modes {
    /// Makes a file that did not exist.
    pub(super) fn create(&self, folder: &Folder, name: impl AsRef<OsStr>, mode: u32, bytes: &[u8]) -> Done {
        let name = name.as_ref();
        match self.known(Kind::File, mode) {
            Some(true) => folder.create_as(name, mode, bytes).map(drop),
            Some(false) => folder.create(name, mode, bytes).map(drop),
            None => {
                let file = folder.create_as(name, mode, bytes)?;
                let made = folder.disk().stat_open(file.as_fd());
                let made = made.map_err(|error| folder.error("look at", name, error))?;
                let same = self.note(Kind::File, mode, mode_of(&made));
                if same { Ok(()) } else { folder.set_mode_open(file.as_fd(), name, mode) }
            }
        }
    }

    /// Makes a directory, and says whether it has its mode; else it is its owner's alone until it gets it.
    pub(super) fn make(&self, folder: &Folder, name: impl AsRef<OsStr>, mode: u32) -> Done<bool> {
        let name = name.as_ref();
        let known = if mode & OWNER == OWNER { self.known(Kind::Directory, mode) } else { Some(false) };
        match known {
            Some(true) => folder.make_as(name, mode).map(|()| true),
            Some(false) => folder.make(name).map(|()| false),
            None => {
                folder.make_as(name, mode)?;
                let made = folder.stat(name)?;
                Ok(self.note(Kind::Directory, mode, made.map_or(0, |made| mode_of(&made))))
            }
        }
    }

    fn known(&self, kind: Kind, mode: u32) -> Option<bool> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&(kind, mode)).copied()
    }

    /// Notes which mode something got that was made with `mode`, and says whether it is the same.
    fn note(&self, kind: Kind, mode: u32, got: u32) -> bool {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert((kind, mode), got == mode);
        got == mode
    }
}
