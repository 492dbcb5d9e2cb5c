//! Reads which programs a host runs, and what they do.
//!
//! Units and static pods become commands, their words become arguments, and files become trees with locations. What
//! cannot be determined for certain is reported ([`Unread`]) and never guessed.

pub mod arguments;
mod called;
mod command;
mod credential;
mod document;
mod fields;
mod inputs;
pub mod kubeconfig;
mod lines;
mod link;
mod material;
mod mounts;
mod named;
mod names;
mod people;
mod pods;
mod program;
mod reader;
mod shared;
mod sockets;
mod targets;
mod units;
mod unplanned;
mod wired;

pub use called::add_called;
pub use command::{Command, Located, Mount, Paths, Probe, Runner, Source, Unknown, Unread, Word};
pub use fields::{json, line_of, misfits};
pub use people::{Person, add_people};
pub use pods::pods;
pub use shared::meaning;
pub use units::units;
pub use unplanned::Unplanned;
pub use wired::{HostFiles, Known, observe, observe_each};
