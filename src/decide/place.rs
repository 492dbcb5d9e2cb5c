//! Adds the location in the plan to a diagnostic.

use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// The label of what is asked for.
pub(super) const ASKED: &str = "asked for here";

/// A diagnostic at a place that may be unknown.
pub(super) fn placed(diagnostic: Diagnostic, origin: Option<Span>, label: &str) -> Diagnostic {
    match origin {
        Some(span) => diagnostic.at(span, label),
        None => diagnostic,
    }
}
