//! Which generations of a key there are.

use crate::source::Span;

/// Which generations of a key are used and trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generations {
    /// The one that signs or encrypts.
    pub used: u32,
    /// Those that are accepted, ascending.
    pub trust: Vec<u32>,
    /// Where it is said; none: nowhere.
    pub origin: Option<Span>,
}
