//! What is wrong, where, and what to write instead.
//!
//! A stage pushes all it finds into [`Diagnostics`]; the next stage starts only if no error is among
//! them. Every message has a stable [`Code`].

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
