//! What a static pod needs from its host.
//!
//! These are the files and directories that are mounted, and a digest of what the program reads only at its start.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Content, Filling, Piece};
use crate::expression::{Record, Value, from_json};

/// What one instance refers to, collected while its flags and files are evaluated.
#[derive(Debug, Default)]
pub(super) struct Needs {
    mounts: BTreeMap<String, Mount>,
    restarts: BTreeMap<String, Vec<Piece>>,
}

/// How something of the host is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mount {
    /// A file, for reading.
    File,
    /// A folder, for reading. A file is mounted so that is read anew while the program runs: a mounted
    /// file would stay the old one where another is renamed over it.
    Folder,
    /// A folder that the program writes into.
    Storage,
}

impl Needs {
    /// Notes a path that the program reads or writes.
    pub(super) fn mount(&mut self, path: &str, mount: Mount) {
        self.mounts.insert(path.to_owned(), mount);
    }

    /// Notes the folder of a file that the program reads or writes.
    pub(super) fn mount_above(&mut self, path: &str, mount: Mount) {
        let above = Path::new(path).parent().and_then(Path::to_str).filter(|above| above.len() > 1);
        match above {
            Some(above) => self.mount(above, mount),
            None => self.mount(path, Mount::File),
        }
    }

    /// Notes an artefact that the program reads at its start alone.
    pub(super) fn restarts_for(&mut self, artefact: &str, content: &Content) {
        if let Content::Pieces(pieces) = content {
            self.restarts.insert(artefact.to_owned(), pieces.clone());
        }
    }

    /// The digest of all that the program reads at its start alone.
    pub(super) fn digest(&self) -> Filling {
        Filling::Digest(
            self.restarts.iter().map(|(artefact, pieces)| (artefact.clone(), pieces.clone())).collect(),
        )
    }

    /// The `pod` of expressions: volumes and mounts as the API has them (core/v1), and a marker for
    /// the digest.
    pub(super) fn scope(&self, digest: String) -> Value {
        let names = names(self.outermost().map(|(path, _)| path));
        let (mut volumes, mut mounts) = (Vec::new(), Vec::new());
        for ((path, mount), name) in self.outermost().zip(names) {
            let kind = match mount {
                Mount::File => "File",
                Mount::Folder => "Directory",
                Mount::Storage => "DirectoryOrCreate",
            };
            volumes.push(json!({ "name": name, "hostPath": { "path": path, "type": kind } }));
            let mut inside = json!({ "name": name, "mountPath": path });
            if mount != Mount::Storage {
                inside["readOnly"] = true.into();
            }
            mounts.push(inside);
        }
        let list = |items: Vec<Json>| from_json(&Json::Array(items));
        Record::new()
            .with("digest", digest)
            .with("mounts", list(mounts))
            .with("volumes", list(volumes))
            .build()
    }

    /// What is to be mounted, without what lies in a folder that is mounted alike.
    fn outermost(&self) -> impl Iterator<Item = (&str, Mount)> {
        let within = |path: &str, mount: Mount| {
            self.mounts.iter().any(|(outer, of_outer)| {
                let inside = path.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('/'));
                let enough = *of_outer == Mount::Storage || mount != Mount::Storage;
                inside && enough && *of_outer != Mount::File
            })
        };
        self.mounts
            .iter()
            .map(|(path, mount)| (path.as_str(), *mount))
            .filter(move |(path, mount)| !within(path, *mount))
    }
}

/// Names of volumes after their paths: DNS labels, each once.
fn names<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = path.chars().map(plain).collect();
        // 63 bytes, and some for a number.
        let name = &name[name.len().saturating_sub(56)..];
        let name = name.trim_matches('-').to_owned();
        let again = names.iter().filter(|known| known.starts_with(&name)).count();
        names.push(if names.contains(&name) { format!("{name}-{again}") } else { name });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_have_names_of_their_own() {
        assert_eq!(
            names(["/etc/pki", "/etc-pki", "/etc/.pki/"].into_iter()),
            ["etc-pki", "etc-pki-1", "etc--pki"]
        );
        let long = names([format!("/{}", "x".repeat(90)).as_str()].into_iter());
        assert_eq!(long[0].len(), 56);
    }

    #[test]
    fn a_folder_is_mounted_once() {
        let mut needs = Needs::default();
        needs.mount_above("/etc/kubernetes/pki/ca.crt", Mount::Folder);
        needs.mount_above("/etc/kubernetes/pki/etcd/ca.crt", Mount::Folder);
        needs.mount("/etc/kubernetes/a.conf", Mount::File);
        needs.mount("/etc/kubernetes/pki/log", Mount::Storage);
        needs.mount_above("/token", Mount::Folder);
        let found: Vec<_> = needs.outermost().collect();
        assert_eq!(
            found,
            [
                ("/etc/kubernetes/a.conf", Mount::File),
                ("/etc/kubernetes/pki", Mount::Folder),
                ("/etc/kubernetes/pki/log", Mount::Storage),
                ("/token", Mount::File),
            ]
        );
    }
}
