//! One file to be, final but for its holes.

use std::sync::Arc;

use super::Hole;
use crate::catalog::{Class, Reload};

/// A file or folder of a tree.
#[derive(Debug)]
pub struct Sheet {
    /// From the tree's root, without a leading slash.
    pub path: String,
    /// What it holds.
    pub content: Content,
    /// What the host does with it.
    pub class: Class,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner and group.
    pub owner: Arc<str>,
    /// What it is.
    pub artefact: String,
    /// Which units take a change of it, and how.
    pub effects: Vec<Effect>,
    /// The component whose own file it is; none: what lies there for several, or for people.
    pub component: Option<Arc<str>>,
    /// Whether the kubelet runs it: the manifest of a static pod.
    pub pod: bool,
}

/// What a unit does when a file of its changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Effect {
    /// `kubelet.service`
    pub unit: Arc<str>,
    /// `restart`, `reload`, or nothing at all.
    pub word: Option<&'static str>,
}

/// What a sheet holds.
#[derive(Debug)]
pub enum Content {
    /// It is a folder.
    Folder,
    /// Nothing of ours.
    None,
    /// Text and holes in turn.
    Pieces(Vec<Piece>),
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Filled after issuing.
    Hole(Hole),
    /// Final.
    Text(String),
}

impl Effect {
    /// How `unit` takes a change.
    #[must_use]
    pub fn new(unit: Arc<str>, reload: Reload) -> Self {
        let word = match reload {
            Reload::ByItself | Reload::FirstStart => None,
            Reload::Reload => Some("reload"),
            Reload::Restart => Some("restart"),
        };
        Self { unit, word }
    }
}

impl Content {
    /// A file that is one hole.
    #[must_use]
    pub fn hole(hole: Hole) -> Self {
        Content::Pieces(vec![Piece::Hole(hole)])
    }

    /// The holes of it, those within base64 taken out of it.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        let pieces = if let Content::Pieces(pieces) = self { pieces.as_slice() } else { &[] };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(Hole::Base64(inner)) => Some(&**inner),
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    /// Whether a private byte will stand in it.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        let Content::Pieces(pieces) = self else { return false };
        pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if hole.is_secret()))
    }

    /// Whether a secret will stand in it that is so short that a digest of the file would give it away.
    #[must_use]
    pub fn has_short_secret(&self) -> bool {
        let Content::Pieces(pieces) = self else { return false };
        pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if hole.is_short()))
    }
}
