//! The keys of a running cluster: which of some files are its authorities, key pairs and encryption keys.
//!
//! Which file is what is said by the catalog's layouts and by the files themselves: a key belongs to the
//! certificate that has its public half. A certificate of a host or a client, which others issued, is imported by
//! itself. What is found is named, and what is left out is named with the reason.

mod adopted;
mod binary;
mod edit;
mod encrypting;
mod encryption;
mod expected;
mod find;
mod finder;
mod found;
mod leaf;
mod left;
mod piece;
mod target;
mod text;

pub use adopted::{Adopted, AdoptedKey, Encrypting};
pub use edit::{Edited, edit};
pub use find::find;
pub use finder::Request;
pub use found::{Found, Left};
pub use leaf::{Leaf, leaf};
pub use piece::Passphrase;
pub use target::Target;
