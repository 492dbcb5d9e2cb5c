//! The policy for nodes that join with a token.

use crate::kubernetes::BootstrapGroup;
use crate::source::Span;

/// Who may ask for a node's certificate: the bearers of tokens that are made when a node joins, and that neither lock
/// nor trees have.
#[derive(Debug)]
pub struct Bootstrap {
    /// Their groups beside that of all bootstrap tokens.
    pub groups: Vec<BootstrapGroup>,
    /// Its table.
    pub origin: Span,
}
