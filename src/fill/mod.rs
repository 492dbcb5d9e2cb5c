//! Turns sheets into files: issues credentials and puts them into the holes.
//!
//! Private keys exist as bytes only between this stage and the write. Hosts are filled one at a time; only the
//! credentials of authorities and keyrings are kept for all hosts.

mod credentials;
mod crls;
mod digest;
mod holes;
mod imported;
mod joining;
mod key_material;
mod mismatch;

pub use credentials::Credentials;
pub use digest::words;
pub use holes::Filled;
pub use imported::ImportedKeys;
pub use joining::joining;
pub use key_material::KeyMaterial;
pub use mismatch::Mismatch;
