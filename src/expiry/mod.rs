//! What ends and when, and what stops then: certificates, imported authorities, tokens. One list, which `status`,
//! `renew` and the warnings of every command read. Needs no secret: plan and lock say it all.

mod ending;
mod groups;
mod list;
mod others;
mod review;
mod state;
mod stops;

pub use ending::{Ending, Expiry, Kind};
pub use groups::{Group, groups};
pub use list::entries;
pub use others::due_from_others;
pub use review::review;
pub use state::State;
pub use stops::{Joins, Stops, Trusts, Undeclared, stops};
