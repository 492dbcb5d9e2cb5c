//! The files of all hosts and users, and the manifests for the API.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::Files;
use super::memory::Memory;

/// Hosts whose files are read one host after another: they may be made for that, and be gone afterwards.
pub trait Hosts: Sync {
    /// Gives the files of a host to a reader; not where the host has none.
    fn open(&self, host: &Arc<str>, reader: &mut dyn FnMut(&dyn Files));
}

/// The files of one unit.
pub type UnitFiles = Box<dyn Files + Send>;

/// What lies on hosts, with people, and in the API.
#[derive(Default)]
pub struct Units {
    /// The files of each host.
    pub hosts: BTreeMap<Arc<str>, UnitFiles>,
    /// What lies on no host.
    pub others: Others,
}

/// What lies with people, and in the API.
#[derive(Default)]
pub struct Others {
    /// The files of each person.
    pub people: Vec<(Arc<str>, UnitFiles)>,
    /// The texts of what is applied to the API.
    pub cluster: Vec<String>,
}

impl Hosts for Units {
    fn open(&self, host: &Arc<str>, reader: &mut dyn FnMut(&dyn Files)) {
        if let Some(files) = self.hosts.get(host) {
            reader(&**files);
        }
    }
}

impl Units {
    /// Adds hosts that are to be there: what has no tree has no file.
    pub fn want(&mut self, hosts: impl IntoIterator<Item = Arc<str>>) {
        for host in hosts {
            self.hosts.entry(host).or_insert_with(|| Box::new(Memory::default()));
        }
    }
}

impl Others {
    /// Adds to what is applied to the API the files that lie in a root.
    pub fn apply(&mut self, files: &dyn Files) {
        let entries = files.list("/").unwrap_or_default();
        let texts = entries.iter().filter(|entry| !entry.folder).filter_map(|entry| {
            let (text, _) = files.text(&format!("/{}", entry.name)).ok()??;
            Some(text.to_string())
        });
        self.cluster.extend(texts);
    }
}
