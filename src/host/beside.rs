//! A host that is in several plans: it has the files of all of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::file::{Entry, File, Status};
use super::files::Files;
use super::problem::Problem;
use super::units::Hosts;

/// The hosts of one plan, with what others put on them. Folders are those of the plan alone, so that its units and pods
/// are; a file by its path is the plan's, else one of the others'.
pub struct Beside<'h> {
    /// The plan's own.
    pub own: &'h dyn Hosts,
    /// Those of the others, each with the hosts that are also the plan's.
    pub others: Vec<(&'h dyn Hosts, &'h BTreeSet<Arc<str>>)>,
}

impl Hosts for Beside<'_> {
    fn open(&self, host: &Arc<str>, reader: &mut dyn FnMut(&dyn Files)) {
        let others: Vec<&dyn Hosts> =
            self.others.iter().filter(|(_, shared)| shared.contains(host)).map(|(hosts, _)| *hosts).collect();
        self.own.open(host, &mut |files| with(host, files, &others, reader));
    }
}

fn with(host: &Arc<str>, files: &dyn Files, others: &[&dyn Hosts], reader: &mut dyn FnMut(&dyn Files)) {
    let Some((first, rest)) = others.split_first() else { return reader(files) };
    let mut is_there = false;
    first.open(host, &mut |other| {
        is_there = true;
        with(host, &Both { files, other }, rest, reader);
    });
    if !is_there {
        with(host, files, rest, reader);
    }
}

/// Files of a host, and those of another plan.
struct Both<'f> {
    files: &'f dyn Files,
    other: &'f dyn Files,
}

impl Files for Both<'_> {
    fn read(&self, path: &str) -> Result<Option<File>, Problem> {
        match self.files.read(path)? {
            None => self.other.read(path),
            found => Ok(found),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Problem> {
        self.files.list(folder)
    }

    fn status(&self, path: &str) -> Result<Option<Status>, Problem> {
        match self.files.status(path)? {
            None => self.other.status(path),
            found => Ok(found),
        }
    }

    fn is_made_later(&self, path: &str) -> bool {
        self.files.is_made_later(path) || self.other.is_made_later(path)
    }

    fn knows(&self, path: &str) -> bool {
        self.files.knows(path) && self.other.knows(path)
    }
}
