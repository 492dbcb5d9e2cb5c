//! The keys of a plan, with the texts that they are written in.

use crate::read::WrittenKey;
use crate::source::Sources;

/// A plan's keys and the texts that they stand in.
#[derive(Clone, Copy)]
pub struct PlanText<'a> {
    /// All keys.
    pub keys: &'a [WrittenKey],
    /// Where they stand.
    pub sources: &'a Sources,
}
