//! A resolved plan, or a thing in it, with the origin of every value.

mod certificate;
mod component;
mod node;
mod overview;

pub use certificate::sections as certificate;
pub use component::sections as component;
pub use node::sections as node;
pub use overview::sections as overview;

use super::table::Section;
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::expand::Blueprint;
use crate::source::Span;

/// Why there is nothing to show.
#[derive(Debug)]
pub enum Nothing {
    /// The plan has nothing of that name; in words.
    Unknown(String),
    /// Something could not be rendered.
    Diagnostics(Vec<Diagnostic>),
}

/// What is shown, or why not.
pub type Sections = Result<Vec<Section>, Nothing>;

/// Where a value comes from, as people read it.
fn origin(blueprint: &Blueprint<'_>, span: Option<Span>) -> String {
    span.map_or_else(|| "default".to_owned(), |span| blueprint.sources.place(span))
}

fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Nothing {
    let help = did_you_mean(name, known).map(|help| format!("; {help}")).unwrap_or_default();
    Nothing::Unknown(format!("the plan has no {what} `{name}`{help}"))
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
