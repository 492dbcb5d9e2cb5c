//! The report of `pkiplan diff`, for a terminal, a pull request, a browser or a program.

mod chains;
mod dates;
mod drift;
mod html;
mod markdown;
mod named;
mod part;
mod proof;
mod summary;
mod text;

pub use html::page;
pub use markdown::comment;
pub use named::{Named, Part};
pub use part::{json, knows, only, schema};
pub use text::{Asked, Terminal, report};
