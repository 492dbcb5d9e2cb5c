//! The secrets from which keys derive.

use crate::source::Span;

/// `[secret.NAME]`
#[derive(Debug, Clone, Copy)]
pub struct DeclaredSecret {
    /// How often it was replaced, counted from 1.
    pub epoch: u32,
    /// Its table; none: the default secret, of which the plan says nothing.
    pub origin: Option<Span>,
}
