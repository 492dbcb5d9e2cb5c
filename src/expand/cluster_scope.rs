//! What the expressions of all nodes see alike.

use crate::expression::Value;

/// What all nodes see alike.
#[derive(Clone)]
pub(super) struct ClusterScope {
    /// `cluster`
    pub(super) cluster: Value,
    /// `bootstrap`
    pub(super) bootstrap: Value,
}
