//! The output of `pkiplan verify`.

mod html;
mod json;
mod markdown;
mod mended;
mod proven;
mod rolled;
mod text;
mod words;

pub use html::to_html;
pub use json::{schema, to_json};
pub use markdown::to_markdown;
pub use mended::{Left, Mended};
pub use proven::{Proven, Written};
pub use rolled::{Rolled, rolled_to_json, rolled_to_text};
pub use text::to_text;
pub use words::sentence;
