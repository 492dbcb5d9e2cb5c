//! The inputs of the report: everything of a plan that expires, at an instant.

use std::path::Path;

use crate::expand::Blueprint;
use crate::expiry::{Expiry, State};
use crate::resolve::NodeIndex;
use crate::values::{Duration, Instant};

/// What of a plan ends, at an instant.
pub struct Answer<'a> {
    /// The plan's path.
    pub plan: &'a Path,
    /// What ends within this time is due.
    pub within: Duration,
    /// Everything in a row of its own, every host by its name.
    pub all: bool,
    /// The expanded plan.
    pub blueprint: &'a Blueprint<'a>,
    /// The instant from which days are counted.
    pub at: Instant,
    /// What ends when.
    pub entries: Vec<Expiry<'a>>,
}

impl Answer<'_> {
    /// How many are in a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.entries.iter().filter(|entry| entry.state == state).count()
    }

    pub(super) fn node(&self, node: NodeIndex) -> &str {
        self.blueprint.model.nodes[node].name.as_str()
    }
}
