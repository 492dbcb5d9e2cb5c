//! The files of one host, from any source.
//!
//! The source is a build in memory, built trees, a directory that was copied from a host, a tar stream, or the host
//! itself. Paths are absolute paths of the host. Links are resolved within the host, as its kernel would, and never
//! lead outside. File contents may be secret: they do not implement `Debug`, and are wiped.

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
mod unit_directories;
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
pub use unit_directories::UNIT_DIRECTORIES;
pub use units::{Hosts, Others, UnitFiles, Units};
