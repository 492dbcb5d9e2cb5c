//! The JSON Schema (draft 7, which editors of TOML read) of plans and of catalog files: from what readers ask for, the
//! rows of the reference, and the words that the catalog at hand knows.

mod component;
mod flags;
mod layout;
mod seen;
mod tree;
mod value;
mod whole;
mod words;

pub use whole::of;
