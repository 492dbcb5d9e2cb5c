//! The values that are the same in the expressions of all nodes.

use crate::expression::Value;

/// What all nodes see alike.
#[derive(Clone)]
pub(super) struct ClusterScope {
    /// `cluster`
    pub(super) cluster: Value,
    /// `bootstrap`
    pub(super) bootstrap: Value,
}
