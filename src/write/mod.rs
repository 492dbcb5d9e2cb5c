//! Writes the lock, the certificates beside it and the trees: all of a build or nothing of it.
//!
//! A build is a [`Session`]. It holds the trees against other builds, stages each [`Unit`] (one host's
//! folder) beside the visible one while nothing visible changes, and commits: the lock first, then folder by
//! folder, each by one rename. So whatever happens, each visible folder is whole, the lock knows every
//! certificate in it, and the next build ends with the same bytes as if nothing had happened. What a build
//! leaves as it is keeps its inode and time.
//!
//! What is ours is said by the units' manifests. What they do not list is never overwritten and never
//! removed.
//!
//! A build also leaves a record of what each unit was made from and how it looks on the disk, so that the next
//! one need not make what would be the same ([`Session::keep`]), and what the whole build was made from
//! ([`Session::leave_last`]), so that the same build again need not read anything else.

mod access;
mod adoption;
mod certificates;
mod change;
mod commit;
mod disk;
mod error;
mod first;
mod folder;
mod gone;
mod kept;
mod last;
mod layout;
mod lock_file;
mod lock_only;
mod look;
mod manifest;
mod marker;
mod page;
mod path;
mod record;
mod secret;
mod seen;
mod session;
mod staged;
mod staging;
mod survey;
mod unit;

pub use access::{Access, access_of_others};
pub use adoption::{Adoption, adopt};
pub use change::{ChangeKind, PathChange, Summary, UnitChange};
pub use disk::{Failure, Fault};
pub use error::WriteError;
pub use first::write_new_public;
pub use last::last;
pub use layout::folders;
pub use lock_only::replace_public;
pub use manifest::beside;
pub use page::write_page;
pub use path::{NameError, TreePath, UnitName};
pub use record::{Inputs, Made, Same};
pub use secret::{remove_secret, replace_secret, same_file, set_secret_aside, write_new_secret};
pub use session::{Options, Session, Site};
pub use unit::{Class, Content, Entry, Unit};
