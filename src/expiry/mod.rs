//! What expires when, and what stops working then: certificates, imported authorities, revocation lists, tokens.
//!
//! `status`, `renew` and the warnings of every command read the same list. It needs no secret: plan and lock contain
//! everything.

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
