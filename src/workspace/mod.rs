//! The files next to a plan, and the steps that every command takes from them.
//!
//! ```text
//! Opened::read -> Opened::expand -> Expanded::decide -> Decided
//! ```
//!
//! Each step contains the messages so far. A step that cannot continue returns a [`Failure`] with everything that is
//! wrong. This module also finds secrets and imported keys: plain or sealed, next to the plan or where the command line
//! says.

mod authorities;
mod belonging;
mod bytes;
mod chains;
mod decided;
mod expanded;
mod failure;
mod files;
mod foreign;
mod given;
mod host;
mod imported;
mod keychain;
mod last;
mod opened;
mod opener;
mod owners;
mod recorded;
mod sealed_files;
mod secrets;
mod steps;
mod tokens;
mod trees;
mod units;

pub use authorities::{authority_at_hand, authority_certificate};
pub use belonging::Belonging;
pub use bytes::{of_any_file, of_descriptor, of_file};
pub use decided::Decided;
pub use expanded::Expanded;
pub use failure::{Failure, Refused};
pub use files::{PlanFiles, sealed};
pub use foreign::foreign_files;
pub use given::{Given, Which};
pub use host::files_of_host;
pub use imported::{
    imported_keys, key_file, leaf_key_file, open_key_files, read_key, review_plain_leaf_keys,
};
pub use keychain::{Found, Keychain};
pub use last::{Attempt, LastBuild, Next, Private, Said, last_of_same, leave, unchanged};
pub use opened::{Opened, read_lock};
pub use opener::{Ask, Opener, parse_secret};
pub use owners::owners;
pub use recorded::review_recorded;
pub use sealed_files::sealed_files;
pub use secrets::{Secrets, Unnoted, secrets, stored_certificates};
pub use trees::read_trees;
pub use units::read_units;
