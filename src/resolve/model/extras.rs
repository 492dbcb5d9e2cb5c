//! What a host has besides components.

use super::own_file::OwnFileIndex;
use super::people::{FreeIndex, UserIndex};

/// What a host carries beside components; hosts that carry the same have equal ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extras {
    /// Certificates that belong to no component.
    pub certificates: Vec<FreeIndex>,
    /// Files of one's own.
    pub files: Vec<OwnFileIndex>,
    /// Users whose kubeconfigs lie there.
    pub users: Vec<UserIndex>,
}
