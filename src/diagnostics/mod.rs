//! Errors and warnings: what is wrong, where, and what to write instead.
//!
//! A stage pushes everything that it finds into [`Diagnostics`]. The next stage runs only if none of it is an error.
//! Every message has a stable [`Code`].

mod code;
mod codes;
mod cut;
mod diagnostic;
mod json;
mod list;
mod names;
mod render;
mod severity;
mod view;

pub use code::Code;
pub(crate) use codes::codes;
pub use diagnostic::{Diagnostic, Label};
pub use json::{Failed, Stopped, stopped_to_json, to_json};
pub use list::Diagnostics;
pub use names::{did_you_mean, nearest, resembles};
pub use render::{Style, render};
pub use severity::Severity;
