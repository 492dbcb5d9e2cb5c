//! Types and helper functions that all answers of `pkiplan show` share.

use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::expand::Blueprint;
use crate::report::table::Section;
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
pub(super) fn origin(blueprint: &Blueprint<'_>, span: Option<Span>) -> String {
    span.map_or_else(|| "default".to_owned(), |span| blueprint.sources.place(span))
}

pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Nothing {
    let help = did_you_mean(name, known).map(|help| format!("; {help}")).unwrap_or_default();
    Nothing::Unknown(format!("the plan has no {what} `{name}`{help}"))
}

pub(super) fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
