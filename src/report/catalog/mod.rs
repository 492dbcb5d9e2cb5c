//! What a catalog has, for people and for programs.

mod answer;
mod component;
mod list;
mod others;
mod source;
mod text;

pub use answer::{Answer, schema};
pub use list::list;
pub use others::{Thing, show};
pub use source::listing;
pub use text::to_text;
