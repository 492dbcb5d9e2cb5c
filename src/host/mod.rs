//! The files of one host as they lie there: built in memory, in built trees, in a folder that was copied off a host,
//! in a tar stream, on the host itself.
//!
//! Paths are those of the host, absolute. Links are followed within the host, as its kernel would follow them, and
//! lead nowhere else. What is read may be secret: it has no `Debug`, and is wiped.

mod archive;
mod belongs;
mod beside;
mod door;
mod file;
mod files;
mod folder;
mod follow;
mod loose;
mod memory;
mod path;
mod place;
mod problem;
mod units;

pub use archive::archive;
pub use belongs::Belongs;
pub use beside::Beside;

pub use file::{Entry, File, Kind, Status};
pub use files::Files;
pub use folder::{Folder, Owners, copied};
pub use memory::{Access, Memory};
pub use path::{beneath, joined, normal};
pub use place::Place;
pub use problem::{Problem, Why};
pub use units::{Hosts, Others, UnitFiles, Units};
