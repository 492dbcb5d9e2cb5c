//! What the programs of a host get to see: units and static pods become commands, words become arguments, and
//! files become trees with places.
//!
//! What cannot be read for certain is reported ([`Unread`]) and never guessed.

pub mod arguments;
mod command;
pub mod kubeconfig;
mod pods;
mod units;

pub use command::{Command, Located, Mount, Paths, Probe, Runner, Source, Unknown, Unread, Word};
pub use pods::pods;
pub use units::units;
