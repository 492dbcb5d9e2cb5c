//! Trees as they lie on a disk.

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
    /// Its text; none of a folder, and of what the cluster writes.
    pub text: Option<Zeroizing<String>>,
}
