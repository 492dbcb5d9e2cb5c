//! Differences between a host and the plan other than the contents of planned files.
//!
//! These are the programs that the host runs, files that are not in the plan, and the certificates that servers
//! present.

mod programs;
mod served;
mod unplanned;

pub use programs::programs;
pub use served::{Asked, Shown, served};

pub(super) use unplanned::unplanned;
