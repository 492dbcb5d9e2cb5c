//! A dial that depends on a certificate.

use std::sync::Arc;

use crate::catalog::Dial;
use crate::resolve::NodeIndex;

/// A dial that stops when a certificate is dead.
#[derive(Debug)]
pub struct Reliance<'a> {
    /// The component that dials.
    pub component: &'a Arc<str>,
    /// How it dials.
    pub dial: &'a Dial,
    /// The nodes that dial, ascending.
    pub from: Vec<NodeIndex>,
    /// The nodes that are dialled, ascending; none where somebody else runs what is dialled.
    pub to: Vec<NodeIndex>,
}
