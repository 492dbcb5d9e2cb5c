//! Messages as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::diagnostic::Diagnostic;
use super::list::Diagnostics;
use crate::printable;
use crate::source::{Sources, Span};

/// Messages alone: what a command prints that could not go on.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Failed {
    /// What is wrong.
    diagnostics: Vec<Message>,
}

/// What a command prints that could not even begin, or was stopped by something outside any text.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Stopped {
    /// Why, and what to do about it.
    error: String,
}

/// The answer of a command that was stopped.
#[must_use]
pub fn stopped_to_json(error: &str) -> serde_json::Value {
    serde_json::json!({ "error": error })
}

/// One message.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Message {
    /// `pkiplan explain CODE` explains it.
    code: String,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "advice"]))]
    severity: String,
    /// What is wrong.
    message: String,
    /// Places; the first is the one that is meant.
    labels: Vec<Place>,
    /// What to write instead.
    help: Option<String>,
    /// Why the plan allows it, where it does: then it counts as no warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<String>,
}

/// A place in a text.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Place {
    /// The text: a path; of a revision `HEAD:cluster.toml`.
    file: String,
    /// The line, from one.
    line: usize,
    /// The byte within the line, from one.
    column: usize,
    /// The byte within the text.
    offset: u32,
    /// How many bytes.
    length: u32,
    /// A few words; may be empty.
    text: String,
}

/// All messages, in the order of their places.
#[must_use]
pub fn to_json(diagnostics: &Diagnostics, sources: &Sources) -> serde_json::Value {
    let all = diagnostics.sorted().into_iter().map(|one| message(one, diagnostics, sources));
    printable::value(serde_json::to_value(all.collect::<Vec<_>>()).unwrap_or_default())
}

fn message(diagnostic: &Diagnostic, diagnostics: &Diagnostics, sources: &Sources) -> Message {
    let labels = diagnostic.labels.iter().map(|label| place(label.span, &label.text, sources));
    Message {
        code: diagnostic.code.name().to_owned(),
        severity: diagnostic.code.severity().word().to_owned(),
        message: diagnostic.message.clone(),
        labels: labels.collect(),
        help: diagnostic.help.clone(),
        allowed: diagnostics.why_allowed(diagnostic.code).map(str::to_owned),
    }
}

fn place(span: Span, text: &str, sources: &Sources) -> Place {
    let source = sources.get(span.source);
    let before = source.text.get(..span.start as usize).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place {
        file: source.name.to_string(),
        line: source.line(span.start),
        column: before.len() - line_start + 1,
        offset: span.start,
        length: span.end - span.start,
        text: text.to_owned(),
    }
}
