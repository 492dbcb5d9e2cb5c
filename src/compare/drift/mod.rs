//! What of a host is not as the plan has it, beside the files that the plan writes: programs, what nobody planned, and
//! what servers show.

mod programs;
mod served;
mod unplanned;

pub use programs::programs;
pub use served::{Asked, Shown, served};

pub(super) use unplanned::unplanned;
