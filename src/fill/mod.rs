//! From sheets to files: credentials are issued and put into the holes.
//!
//! Keys exist as bytes only between here and the write. One host at a time; for all hosts together only
//! the authorities' credentials are kept.

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
