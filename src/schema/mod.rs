//! Generates JSON Schemas (draft 7, which TOML editors support) of plans and catalog files.
//!
//! They derive from the keys that readers ask for, the rows of the reference, and the names in the catalog.

mod component;
mod flags;
mod layout;
mod seen;
mod tree;
mod value;
mod whole;
mod words;

pub use whole::of;
