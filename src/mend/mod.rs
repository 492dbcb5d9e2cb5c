//! Searches for edits of a plan that fix the findings of a proof.
//!
//! Candidates derive from findings: a missing name, an authority that a bundle lacks, a value that overrides the
//! catalog. No rule decides which candidate is right. Each is applied in memory, smallest edit first, and the plan is
//! built and proven again. An edit is accepted if the finding disappears and no new finding appears.

mod candidates;
mod edit;
mod facts;
mod patch;
mod search;

pub use search::mend;
