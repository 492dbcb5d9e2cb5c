//! Imports the keys of a running cluster: finds its authorities, key pairs and encryption keys among files.
//!
//! The catalog's layouts and the contents of the files determine what each file is: a key belongs to the certificate
//! with its public key. A leaf certificate of an outside authority is imported separately. The result lists what was
//! found, and what was skipped with the reason.

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
