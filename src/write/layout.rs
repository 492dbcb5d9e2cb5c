//! The entries of a unit's directory, validated, with the directories that they imply.

use super::error::WriteError;
use super::unit::{Class, Content, Entry, Unit};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

/// The mode of folders that no entry names.
pub(super) const IMPLIED_MODE: u32 = 0o755;

/// One path of the folder to be.
pub(super) struct Node<'a> {
    pub(super) mode: u32,
    /// `None` for a folder that others imply.
    pub(super) entry: Option<&'a Entry>,
    pub(super) state: State,
}

impl<'a> Node<'a> {
    /// The bytes of a file; a folder has none.
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match &self.entry?.content {
            Content::File(bytes) => Some(bytes),
            Content::Folder | Content::Nothing => None,
        }
    }
}

/// How it compares with what lies on disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Missing,
    /// The content differs, or content and mode do.
    Other,
    /// Only the mode differs.
    OtherMode,
    Same,
}

/// All paths of a unit's folder. A folder stands before what lies in it.
pub(super) struct Layout<'a> {
    pub(super) nodes: BTreeMap<&'a [u8], Node<'a>>,
}

impl<'a> Layout<'a> {
    /// Nothing is to lie there.
    pub(super) fn empty() -> Self {
        Self { nodes: BTreeMap::new() }
    }

    /// Checks the entries of a unit and lays them out.
    pub(super) fn new(unit: &'a Unit) -> Result<Self, WriteError> {
        let declared = declared(unit)?;
        let mut nodes = BTreeMap::new();
        for (&path, &entry) in &declared {
            imply_parents(unit, &declared, &mut nodes, path, entry)?;
            if entry.class.has_bytes() {
                nodes.insert(
                    path.as_bytes(),
                    Node { mode: entry.mode, entry: Some(entry), state: State::Missing },
                );
            }
        }
        Ok(Self { nodes })
    }
}

/// The folders of a unit with their modes, its own by an empty path.
///
/// # Errors
/// Entries that cannot lie in one folder.
pub fn folders(unit: &Unit) -> Result<BTreeMap<String, u32>, WriteError> {
    let layout = Layout::new(unit)?;
    let folders = layout.nodes.iter().filter(|(_, node)| node.bytes().is_none());
    let name = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    let own = (String::new(), IMPLIED_MODE);
    Ok(folders.map(|(path, node)| (name(path), node.mode)).chain([own]).collect())
}

/// The entries by path, each sound in itself and each path once.
fn declared(unit: &Unit) -> Result<BTreeMap<&str, &Entry>, WriteError> {
    let mut declared = BTreeMap::new();
    for entry in &unit.entries {
        if let Some(reason) = fault_of(entry) {
            return Err(at_fault(unit, entry, reason));
        }
        match declared.entry(entry.path.as_str()) {
            Slot::Vacant(slot) => _ = slot.insert(entry),
            Slot::Occupied(slot) => return Err(twice(unit, slot.get(), entry)),
        }
    }
    Ok(declared)
}

fn fault_of(entry: &Entry) -> Option<&'static str> {
    match (&entry.content, entry.class.has_bytes()) {
        (Content::Nothing, true) => Some("it is managed or seed, so it must be a file or a directory"),
        (Content::File(_) | Content::Folder, false) => {
            Some("it is runtime or absent, so it must have no contents")
        }
        _ if entry.mode > 0o7777 => Some("its mode has more than permission bits"),
        (Content::File(_), _) if entry.mode > 0o777 => {
            Some("pkiplan writes no setuid, setgid or sticky bits")
        }
        _ => None,
    }
}

/// Checks what lies above an entry, and adds the folders that nothing declares.
fn imply_parents<'a>(
    unit: &Unit,
    declared: &BTreeMap<&'a str, &'a Entry>,
    nodes: &mut BTreeMap<&'a [u8], Node<'a>>,
    path: &'a str,
    entry: &Entry,
) -> Result<(), WriteError> {
    for (end, _) in path.match_indices('/') {
        let parent = &path[..end];
        let above = declared.get(parent);
        if let Some(above) = above {
            check_above(unit, above, entry)?;
        }
        let lies_there = above.is_some_and(|above| above.class.has_bytes());
        if entry.class.has_bytes() && !lies_there {
            let implied = Node { mode: IMPLIED_MODE, entry: None, state: State::Missing };
            nodes.entry(parent.as_bytes()).or_insert(implied);
        }
    }
    Ok(())
}

fn check_above(unit: &Unit, above: &Entry, entry: &Entry) -> Result<(), WriteError> {
    match (above.class, &above.content) {
        // What was a folder of ours may have become a file or nothing at all.
        _ if entry.class == Class::Absent => Ok(()),
        (Class::Absent, _) => Err(at_fault(unit, above, "it is absent, but other entries are below it")),
        (_, Content::File(_)) => Err(WriteError::Below {
            unit: unit.name.clone(),
            path: above.path.clone(),
            file: above.artefact.clone(),
            below: entry.artefact.clone(),
        }),
        // Whether something that the cluster writes is a folder is not ours to say.
        _ => Ok(()),
    }
}

fn at_fault(unit: &Unit, entry: &Entry, reason: &'static str) -> WriteError {
    WriteError::Entry {
        unit: unit.name.clone(),
        path: entry.path.clone(),
        artefact: entry.artefact.clone(),
        reason,
    }
}

fn twice(unit: &Unit, first: &Entry, second: &Entry) -> WriteError {
    WriteError::Twice {
        unit: unit.name.clone(),
        path: second.path.clone(),
        first: first.artefact.clone(),
        second: second.artefact.clone(),
    }
}
