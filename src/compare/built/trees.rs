//! Trees as they lie on a disk.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::values::UnitId;

/// Trees on a disk.
#[derive(Default)]
pub struct Built {
    /// Their files by path.
    pub units: BTreeMap<UnitId, BTreeMap<String, BuiltFile>>,
}

/// A file or folder of a tree, as its manifest and the disk have it.
pub struct BuiltFile {
    /// Permission bits.
    pub mode: u32,
    /// Its owner.
    pub owner: String,
    /// `managed`, `seed`, `runtime`, `absent`.
    pub class: String,
    /// For people, as the manifest says it.
    pub artefact: String,
    /// The units that restart or reload with it.
    pub services: Vec<String>,
    /// Its text; none of a folder, and of what the cluster writes.
    pub text: Option<Zeroizing<String>>,
}
