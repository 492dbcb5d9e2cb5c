//! The settings of components, with their comments.

use super::comment::comment_above;
use crate::read::catalog::ComponentDocument;
use crate::source::{Sources, Span};

/// A setting as its definition has it.
#[derive(Debug)]
pub struct KnownSetting {
    /// As plans write it.
    pub name: String,
    /// `port`, `text`, `integer`, `boolean`, `list`.
    pub kind: String,
    /// Its default as the definition writes it; none: the plan must set it.
    pub default: Option<String>,
    /// The only words that it takes; none: any.
    pub words: Vec<String>,
    /// The comment above it.
    pub comment: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// All settings of a component, in the order of its file.
#[must_use]
pub fn settings(component: &ComponentDocument, sources: &Sources) -> Vec<KnownSetting> {
    let of = component.settings.iter().map(|(name, table)| KnownSetting {
        name: name.value.clone(),
        kind: table.kind.as_ref().map(|kind| kind.value.clone()).unwrap_or_default(),
        default: table.default.as_ref().map(|default| sources.slice(default.span).to_owned()),
        words: table.words.iter().map(|word| word.value.clone()).collect(),
        comment: comment_above(sources, name.span),
        span: name.span,
    });
    of.collect()
}
