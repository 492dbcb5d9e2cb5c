//! Something that could not be determined, with the reason.

use crate::host::Place;

/// What could not be found out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub at: Place,
    /// Why, as the rest of a sentence.
    pub why: String,
}
