//! A unit's manifest (JSON) and its checksum list, which are next to its directory.
//!
//! The manifest lists the files of the directory that belong to pkiplan. It is renamed into place *before* the
//! directory, and during the exchange it also lists the files that will be removed. So after a crash at any point, each
//! file that belongs to pkiplan is listed.

use super::path::TreePath;
use super::unit::{Class, Content, Entry, Unit};
use crate::values::hex;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The version of the manifest's form.
const FORMAT: u32 = 1;

/// Whether a line is about a file or a folder in the tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    File,
    Folder,
}

#[derive(Serialize)]
struct Page<'a> {
    format: u32,
    unit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<&'a str>,
    entries: &'a [Line<'a>],
    #[serde(skip_serializing_if = "<[Leaving]>::is_empty")]
    leaving: &'a [Leaving],
}

/// One path. Its keys stand in this order.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    class: Class,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    mode: String,
    owner: &'a str,
    group: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyed: Option<&'a str>,
    artefact: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    restart: &'a [Arc<str>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reload: &'a [Arc<str>],
}

/// A path of ours that the next folder does not have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Leaving {
    path: String,
    #[serde(rename = "type")]
    kind: Kind,
}

/// What stands beside a unit's folder, ready to be written.
pub(super) struct Beside<'a> {
    unit: &'a Unit,
    sorted: Vec<&'a Entry>,
    digests: Vec<Option<String>>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(unit: &'a Unit) -> Self {
        let mut sorted: Vec<&Entry> = unit.entries.iter().collect();
        sorted.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let digests = sorted.iter().map(|entry| digest_of(entry)).collect();
        Self { unit, sorted, digests }
    }

    /// The manifest; with what leaves, while the folder is exchanged.
    pub(super) fn manifest(&self, leaving: &[Leaving]) -> Vec<u8> {
        let lines: Vec<Line<'_>> = self
            .sorted
            .iter()
            .zip(&self.digests)
            .map(|(entry, digest)| line(entry, digest.as_deref()))
            .collect();
        let page = Page {
            format: FORMAT,
            unit: self.unit.name.as_str(),
            lock: self.unit.lock.as_deref(),
            entries: &lines,
            leaving,
        };
        let mut text = serde_json::to_vec_pretty(&page).expect("a page holds nothing but text and numbers");
        text.push(b'\n');
        text
    }

    /// The checksum list, for `sha256sum --strict -c`; `None` where it would list nothing, which that
    /// refuses.
    pub(super) fn checksums(&self) -> Option<Vec<u8>> {
        let base = self.unit.name.base();
        let mut text = format!("# files of {}; here: sha256sum --strict -c {base}.sha256\n", self.unit.name);
        let comment = text.len();
        for (entry, digest) in self.sorted.iter().zip(&self.digests) {
            if let Some(digest) = digest {
                text.extend([digest, "  ", base, "/", entry.path.as_str(), "\n"]);
            }
        }
        (text.len() > comment).then(|| text.into_bytes())
    }
}

/// The manifest of a unit and its checksum list, as they lie beside its folder.
#[must_use]
pub fn beside(unit: &Unit) -> (Vec<u8>, Option<Vec<u8>>) {
    let beside = Beside::new(unit);
    (beside.manifest(&[]), beside.checksums())
}

/// The digest that may be shown; none of a secret that could be guessed from it.
fn digest_of(entry: &Entry) -> Option<String> {
    match &entry.content {
        Content::File(bytes) if entry.keyed.is_none() => Some(sha256(bytes)),
        _ => None,
    }
}

fn line<'a>(entry: &'a Entry, sha256: Option<&'a str>) -> Line<'a> {
    Line {
        path: entry.path.as_str(),
        class: entry.class,
        kind: match entry.content {
            Content::File(_) => Some(Kind::File),
            Content::Folder => Some(Kind::Folder),
            Content::Nothing => None,
        },
        mode: format!("{:04o}", entry.mode),
        owner: &entry.owner,
        group: &entry.group,
        sha256,
        keyed: entry.keyed.as_deref(),
        artefact: &entry.artefact,
        restart: &entry.restart,
        reload: &entry.reload,
    }
}

/// The SHA-256 of some bytes in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What an earlier manifest says is ours.
pub(super) struct Ours {
    /// Whether there was no manifest.
    is_new: bool,
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    /// Folders that have a line of their own.
    declared: BTreeSet<String>,
}

#[derive(Deserialize)]
struct EarlierPage {
    format: u32,
    unit: String,
    entries: Vec<EarlierLine>,
    #[serde(default)]
    leaving: Vec<Leaving>,
}

#[derive(Deserialize)]
struct EarlierLine {
    path: String,
    #[serde(rename = "type")]
    kind: Option<Kind>,
}

impl Ours {
    /// Nothing: there is no manifest.
    pub(super) fn none() -> Self {
        let (files, folders, declared) = Default::default();
        Self { is_new: true, files, folders, declared }
    }

    /// Whether there was no manifest.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Reads a manifest of an earlier build; an error is the reason why it cannot be one.
    pub(super) fn read(text: &[u8], unit: &str) -> Result<Self, String> {
        let page: EarlierPage = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if page.format != FORMAT {
            return Err(format!("its format is {} and not {FORMAT}", page.format));
        }
        if page.unit != unit {
            return Err(format!("it is about `{}`", page.unit));
        }
        let entries = page.entries.into_iter().filter_map(|line| Some((line.path, line.kind?)));
        let leaving = page.leaving.into_iter().map(|line| (line.path, line.kind));
        let mut ours = Self { is_new: false, ..Self::none() };
        for (path, kind) in entries.chain(leaving) {
            ours.add(path, kind)?;
        }
        Ok(ours)
    }

    fn add(&mut self, path: String, kind: Kind) -> Result<(), String> {
        TreePath::new(&path).map_err(|error| error.to_string())?;
        for (end, _) in path.match_indices('/') {
            if !self.folders.contains(&path[..end]) {
                self.folders.insert(path[..end].to_owned());
            }
        }
        if kind == Kind::Folder {
            self.folders.insert(path.clone());
            self.declared.insert(path);
        } else {
            self.files.insert(path);
        }
        Ok(())
    }

    pub(super) fn is_file(&self, path: &[u8]) -> bool {
        str::from_utf8(path).is_ok_and(|path| self.files.contains(path))
    }

    pub(super) fn is_folder(&self, path: &[u8]) -> bool {
        str::from_utf8(path).is_ok_and(|path| self.folders.contains(path))
    }

    pub(super) fn is_declared_folder(&self, path: &[u8]) -> bool {
        str::from_utf8(path).is_ok_and(|path| self.declared.contains(path))
    }

    /// What leaves when only some files and folders stay.
    pub(super) fn leaving(&self, stays: impl Fn(&[u8], Kind) -> bool) -> Vec<Leaving> {
        let files = self.files.iter().map(|path| (path, Kind::File));
        let folders = self.folders.iter().map(|path| (path, Kind::Folder));
        let mut leaving: Vec<Leaving> = files
            .chain(folders)
            .filter(|(path, kind)| !stays(path.as_bytes(), *kind))
            .map(|(path, kind)| Leaving { path: path.clone(), kind })
            .collect();
        leaving.sort_unstable();
        leaving
    }
}
