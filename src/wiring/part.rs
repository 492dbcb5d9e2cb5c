//! Which programs are of which plan.

use std::sync::Arc;

/// One of several plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub plan: Arc<str>,
    /// The position of its first program; those before the next plan's are its own.
    pub first: usize,
}
