//! Values with their origins.

use crate::source::Span;
use crate::values::Version;

/// A value and where it comes from; none: a default of the language.
#[derive(Debug, Clone)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The plan, or the catalog.
    pub origin: Option<Span>,
}

impl<T> Sourced<T> {
    /// A value with a place.
    pub fn at(value: T, span: Span) -> Self {
        Self { value, origin: Some(span) }
    }

    /// A default of the language.
    pub fn default(value: T) -> Self {
        Self { value, origin: None }
    }
}

impl Sourced<Version> {
    /// Stands for a version that could not be read, which has been reported: it has no place, and rules about
    /// versions pass it over.
    pub(in crate::resolve) fn poisoned() -> Self {
        Self::default(Version::new(0, 0, None))
    }
}
