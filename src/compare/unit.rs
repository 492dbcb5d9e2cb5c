//! A changed unit with its changed files.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::comparison::{FileChange, ServiceChange};
use super::done::Done;
use super::mask::Mask;
use crate::read::TableName;
use crate::render::MadeFrom;
use crate::resolve::NodeIndex;
use crate::values::UnitId;

/// A unit that is not what it was. Texts of its files wear its mask.
pub(super) struct Unit {
    /// Its name now; of one that is gone, the old one.
    pub(super) name: UnitId,
    /// What it was, if it had another name.
    pub(super) was: Option<UnitId>,
    /// Whether it is new, gone or differs.
    pub(super) change: Done,
    /// The node, of the side that has it: the new one, if both do.
    pub(super) node: Option<NodeIndex>,
    /// What is its own in texts.
    pub(super) mask: Mask,
    /// Files, sorted by path.
    pub(super) files: Vec<File>,
    /// Services, sorted by name.
    pub(super) services: Vec<ServiceChange>,
    /// What becomes of trust in it.
    pub(super) trust: TrustEdit,
    /// Keys of several that it did not have, by the id of what they belong to.
    pub(super) keys: BTreeSet<String>,
}

/// A file that is not what it was.
pub(super) struct File {
    /// As it is reported.
    pub(super) change: FileChange,
    /// The certificates in it that are not what they were, by their place among the changes.
    pub(super) certificates: BTreeSet<usize>,
    /// The component whose own file it is.
    pub(super) component: Option<Arc<str>>,
    /// What it was made from and what it is made from, where a side has it.
    pub(super) made_from: (Option<MadeFrom>, Option<MadeFrom>),
    /// Tables of what fills its holes now or did, where that is not the same: authorities and keyrings.
    pub(super) filled_from: BTreeSet<TableName>,
}

impl File {
    /// Of built trees, which do not say what a file was made from.
    pub(super) fn alone(change: FileChange, component: Option<Arc<str>>) -> Self {
        let (certificates, filled_from) = (BTreeSet::new(), BTreeSet::new());
        Self { change, certificates, component, made_from: (None, None), filled_from }
    }
}

/// What becomes of trust in one unit.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct TrustEdit {
    /// Certificates of authorities that some file holds now, and none did.
    pub(super) added: BTreeSet<Arc<str>>,
    /// And those that no file holds any more.
    pub(super) dropped: BTreeSet<Arc<str>>,
}
