//! A sheet: one file of a tree, complete except for its holes.

use std::sync::Arc;

use super::hole::{Filling, Hole, Piece};
use crate::catalog::{Class, Effect, PairPart};
use crate::resolve::{ComponentIndex, InstanceIndex, OwnFileIndex};
use crate::specification::CertificateIndex;

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
    /// For people: `certificate node.a/etcd-server`, `trust in etcd`.
    pub artefact: String,
    /// What a change of it does, and to which units; sorted.
    pub reactions: Vec<Reaction>,
    /// The component whose own file it is; none: what lies there for several, or for people.
    pub component: Option<Arc<str>>,
    /// Whether the kubelet runs it: the manifest of a static pod.
    pub pod: bool,
    /// What it is made from; none: what lies there for several components, and reads nothing of its own.
    pub made_from: Option<MadeFrom>,
}

/// What the text of a sheet is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeFrom {
    /// The cluster's endpoint: a user's kubeconfig.
    Endpoint,
    /// A file of one's own.
    Own(OwnFileIndex),
    /// A part of a component's definition, evaluated for an instance.
    Part {
        /// The component, by its position in the model.
        component: ComponentIndex,
        /// The instance of it.
        instance: InstanceIndex,
        /// What of the definition.
        part: Part,
    },
}

/// What of a component's definition becomes a file; each is an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A bundle.
    Bundle(usize),
    /// A file.
    File(usize),
    /// A kubeconfig.
    Kubeconfig(usize),
    /// A manifest.
    Manifest(usize),
}

/// What a unit does when a file of its changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reaction {
    /// `kubelet.service`
    pub unit: Arc<str>,
    /// What the change does to it.
    pub effect: Effect,
}

/// What a sheet holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// It is a folder.
    Folder,
    /// Nothing of ours.
    None,
    /// Text and holes in turn.
    Pieces(Vec<Piece>),
}

impl Content {
    /// A file that is nothing but one text.
    #[must_use]
    pub fn of(filling: Filling) -> Self {
        Content::Pieces(vec![Piece::Hole(Hole::text(filling))])
    }

    /// A certificate with its chain and its key in one file; what comes first is said.
    #[must_use]
    pub fn pair(chain: Vec<CertificateIndex>, key: CertificateIndex, first: PairPart) -> Self {
        let certificates = Piece::Hole(Hole::text(Filling::Certificates(chain)));
        let key = Piece::Hole(Hole::text(Filling::Key(key)));
        Content::Pieces(match first {
            PairPart::Certificate => vec![certificates, key],
            PairPart::Key => vec![key, certificates],
        })
    }

    /// The parts of it; folders and foreign files have none.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        if let Content::Pieces(pieces) = self { pieces } else { &[] }
    }

    /// The holes of it.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces().iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    /// Whether a private byte will stand in it.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.holes().any(|hole| hole.filling.is_secret())
    }

    /// Whether a secret will stand in it that is so short that a digest of the file would give it away.
    #[must_use]
    pub fn has_short_secret(&self) -> bool {
        self.holes().any(|hole| hole.filling.is_short())
    }
}
