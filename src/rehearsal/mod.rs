//! A plan's hosts as a build would make them, with keys that nobody has, and what is proven of them: of one state of a
//! plan, and of the way from one state to another.

mod state;
mod way;

pub use state::{Rehearsed, rehearsed};
pub use way::Way;
