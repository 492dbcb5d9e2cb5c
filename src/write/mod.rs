//! Writes the lock, the certificates next to it and the trees: all of a build or nothing of it.
//!
//! A build is a [`Session`]. It locks the trees against other builds, stages each [`Unit`] (the directory of one host)
//! next to the visible one while nothing visible changes, and commits: first the lock, then one directory after the
//! other, each by one rename. Whatever happens, each visible directory is complete, the lock knows every certificate in
//! it, and the next build ends with the same bytes as without the interruption. Files that do not change keep their
//! inode and time.
//!
//! The manifests of the units list the files that belong to pkiplan. Other files are never overwritten and never
//! removed.
//!
//! A build also leaves a record of what each unit was made from and how it looks on disk, so that the next build can
//! skip units that would be the same ([`Session::keep`]). What the whole build was made from is stored as well
//! ([`Session::leave_last`]), so that repeating it need not read anything else.

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
mod modes;
mod page;
mod path;
mod record;
mod secret;
mod seen;
mod session;
mod staged;
mod staging;
mod survey;
mod text;
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
pub use secret::{
    make_private_directory, remove_secret, replace_secret, same_file, set_secret_aside, write_new_secret,
};
pub use session::{Options, Session, Site};
pub use text::Text;
pub use unit::{Class, Content, Entry, Unit};
