//! Files that have not been installed yet: each name stands for all paths that end in it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::belongs::UNITS;
use super::door::problem;
use super::file::{Entry, File, Kind, LARGEST, Status};
use super::files::Files;
use super::path::normal;
use super::problem::{Problem, Why};
use crate::read::Bare;

/// A folder of files of which each stands for all paths that end in its name. The commands that install them set
/// their modes and owners, so that these are not known.
pub(super) struct Loose {
    bare: Bare,
    names: BTreeSet<Arc<str>>,
}

impl Loose {
    pub(super) fn new(bare: Bare, names: BTreeSet<Arc<str>>) -> Self {
        Self { bare, names }
    }

    /// The name of the file that a path stands for.
    fn name(&self, path: &str) -> Option<&Arc<str>> {
        let (folder, name) = path.rsplit_once('/')?;
        let name = self.names.get(name)?;
        (!is_unit(name) || folder == UNITS).then_some(name)
    }
}

fn is_unit(name: &str) -> bool {
    name.ends_with(".service")
}

impl Files for Loose {
    fn read(&self, path: &str) -> Result<Option<File>, Problem> {
        let path: Arc<str> = normal(path).into();
        if &*path == UNITS {
            return Err(Problem { path, why: Why::NotAFile("a directory") });
        }
        let Some(name) = self.name(&path) else { return Ok(None) };
        let bytes = self.bare.bytes(Path::new(&**name), LARGEST).map_err(|error| problem(&path, &error))?;
        Ok(Some(File { bytes: Zeroizing::new(bytes), mode: None, owner: None, group: None, path }))
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Problem> {
        if normal(folder) != UNITS {
            return Ok(Vec::new());
        }
        let units = self.names.iter().filter(|name| is_unit(name));
        Ok(units.map(|name| Entry { name: Arc::clone(name), folder: false, link: None }).collect())
    }

    fn status(&self, path: &str) -> Result<Option<Status>, Problem> {
        let path: Arc<str> = normal(path).into();
        let kind = if &*path == UNITS {
            Kind::Folder
        } else if self.name(&path).is_some() {
            Kind::File
        } else {
            return Ok(None);
        };
        Ok(Some(Status { path, kind, mode: None, owner: None, group: None }))
    }

    fn knows(&self, path: &str) -> bool {
        self.name(path).is_some()
    }
}
