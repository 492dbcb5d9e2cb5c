//! What lies on all hosts, with people, and in the API.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::Files;
use super::memory::Memory;

/// What lies on hosts, with people, and in the API.
#[derive(Default)]
pub struct Units {
    /// The files of each host.
    pub hosts: BTreeMap<Arc<str>, Box<dyn Files + Send>>,
    /// The files of each person.
    pub people: Vec<(Arc<str>, Box<dyn Files + Send>)>,
    /// The texts of what is applied to the API.
    pub cluster: Vec<String>,
}

impl Units {
    /// Adds hosts that are to be there: what has no tree has no file.
    pub fn want(&mut self, hosts: impl IntoIterator<Item = Arc<str>>) {
        for host in hosts {
            self.hosts.entry(host).or_insert_with(|| Box::new(Memory::default()));
        }
    }

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
