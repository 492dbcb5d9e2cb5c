//! The plans of a wiring, and the programs that belong to each.

use std::sync::Arc;

/// One of several plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub plan: Arc<str>,
    /// The position of its first program; those before the next plan's are its own.
    pub first: usize,
}
