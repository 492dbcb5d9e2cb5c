//! The output of `pkiplan catalog`, as text and as JSON.

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
