//! The nodes of a graph, in columns, and the paths through them.

use std::collections::BTreeSet;

/// What the columns hold, from left to right.
pub(super) const COLUMNS: [&str; 4] = ["plan", "certificates", "trees", "services"];
pub(super) const PLAN: usize = 0;
pub(super) const CERTIFICATES: usize = 1;
pub(super) const TREES: usize = 2;
pub(super) const SERVICES: usize = 3;

/// Something in a column, or several things that are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thing {
    pub(super) column: usize,
    /// What becomes of it: `reissued`, `restart`, `exchange 1.35.4 -> 1.36.2`.
    pub(super) word: String,
    /// What they are called.
    pub(super) names: Vec<String>,
}

/// A way through the columns by the things that it leads through; it may leave out some.
pub(super) type Way = [Option<usize>; 4];

/// Things and the ways through them.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) things: Vec<Thing>,
    pub(super) ways: BTreeSet<Way>,
}
