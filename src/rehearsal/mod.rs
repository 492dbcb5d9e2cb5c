//! Builds the hosts of a plan in memory with throw-away keys, and proves them.
//!
//! It proves one state of a plan, or the rollout from one state to another.

mod state;
mod way;

pub use state::{Rehearsed, rehearsed};
pub use way::Way;
