//! The inputs that all parts of this stage share, and the helper that reports each error once.

use std::sync::Arc;

use super::cluster_scope::ClusterScope;
use crate::catalog::Catalog;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::expression::Value;
use crate::index::List;
use crate::resolve::{Model, Node};
use crate::source::Sources;

/// A name that many share.
pub(super) type Shared = Arc<str>;

/// What every part of the stage reads.
pub(super) struct Context<'a> {
    pub(super) model: &'a Model,
    pub(super) catalog: &'a Catalog,
    pub(super) sources: &'a Sources,
    pub(super) nodes: Arc<List<Node, Value>>,
    pub(super) cluster: Option<ClusterScope>,
}

/// Keeps the first of the messages that instances of one class have in common: one mistake of the
/// catalog would otherwise be reported for every node.
pub(crate) fn push_once(diagnostics: &mut Diagnostics, failures: Vec<Diagnostic>) {
    let mut reported: Vec<Diagnostic> = Vec::new();
    for failure in failures {
        if !reported.iter().any(|other| other.code == failure.code && other.labels == failure.labels) {
            reported.push(failure);
        }
    }
    reported.into_iter().for_each(|failure| diagnostics.push(failure));
}
