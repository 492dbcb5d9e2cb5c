//! The contents of built trees on disk.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::values::UnitId;

/// Trees on a disk.
#[derive(Default)]
pub struct Built {
    /// Each unit of them.
    pub units: BTreeMap<UnitId, BuiltUnit>,
}

/// A unit, as its manifest and the disk have it.
#[derive(Default)]
pub struct BuiltUnit {
    /// Its files and declared folders by path.
    pub files: BTreeMap<String, BuiltFile>,
    /// The permission bits of its own folder, by an empty path, and of those in it, as they lie there.
    pub folders: BTreeMap<String, u32>,
    /// The manifest.
    pub manifest: String,
    /// The checksum list.
    pub checksums: Option<String>,
}

/// A file or folder of a tree, as its manifest and the disk have it.
pub struct BuiltFile {
    /// Permission bits in the manifest.
    pub mode: u32,
    /// Permission bits of what lies there; none of what the cluster writes.
    pub lies_with: Option<u32>,
    /// Its owner.
    pub owner: String,
    /// Its group.
    pub group: String,
    /// `managed`, `seed`, `runtime`, `absent`.
    pub class: String,
    /// For people, as the manifest says it.
    pub artefact: String,
    /// The units that restart or reload with it.
    pub services: Vec<String>,
    /// The digest that stands for a short secret.
    pub keyed: Option<String>,
    /// What it holds; none of a folder, and of what the cluster writes.
    pub held: Option<BuiltContent>,
}

/// What a file holds.
pub enum BuiltContent {
    /// A text.
    Text(Zeroizing<String>),
    /// Anything else, and a text that no build writes.
    Binary(Zeroizing<Vec<u8>>, Zeroizing<String>),
}

impl BuiltContent {
    /// The bytes of a file.
    #[must_use]
    pub fn of(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => BuiltContent::Text(Zeroizing::new(text)),
            Err(error) => {
                let bytes = Zeroizing::new(error.into_bytes());
                let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
                BuiltContent::Binary(bytes, text)
            }
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            BuiltContent::Text(text) | BuiltContent::Binary(_, text) => text,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            BuiltContent::Text(text) => text.as_bytes(),
            BuiltContent::Binary(bytes, _) => bytes,
        }
    }
}
