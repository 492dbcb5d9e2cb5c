//! Values of the catalog that contain expressions and references.

use std::sync::Arc;

use super::artefact::Reference;
use super::reads::Reads;
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Compiled, Engine, Failure, FailureKind, Value};
use crate::source::{Sources, Span, Spanned};

/// A string of the catalog: compiled, and where it stands.
#[derive(Debug, Clone)]
pub struct Template {
    pub(super) compiled: Compiled,
    pub(super) text: Arc<Spanned<String>>,
}

/// A value as a definition gives it.
#[derive(Debug, Clone)]
pub enum Tree {
    /// `true`
    Boolean(bool),
    /// `0.5`
    Float(f64),
    /// `30`
    Integer(i64),
    /// `[...]`; an item that gives a list is flattened into it.
    List(Vec<Tree>),
    /// `"@serving.certificate"`
    Reference(Reference),
    /// `{...}`, each key with its place.
    Table(Vec<(Spanned<Arc<str>>, Tree)>),
    /// A text or an expression.
    Text(Template),
    /// `{ value = ..., when = "..." }`: left out where the condition does not hold.
    When(Box<Tree>, Template),
}

impl Template {
    /// Where it stands in the catalog.
    #[must_use]
    pub fn span(&self) -> Span {
        self.text.span
    }

    /// Whether it is the same for every node.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.compiled.is_literal()
    }

    /// Its value in `scope`.
    ///
    /// # Errors
    /// A diagnostic at the place in the catalog.
    pub fn evaluate(&self, engine: &Engine, scope: &Value, sources: &Sources) -> Result<Value, Diagnostic> {
        engine.evaluate(&self.compiled, scope).map_err(|failure| self.failure(failure, sources))
    }

    /// The names of its scope that it reads.
    #[must_use]
    pub fn reads(&self) -> Reads {
        Reads::of_names(self.compiled.reads())
    }

    fn failure(&self, failure: Failure, sources: &Sources) -> Diagnostic {
        at(Code::Expression, failure, &self.text, sources)
    }
}

impl Tree {
    /// What its texts and conditions read, and what it refers to.
    #[must_use]
    pub fn reads(&self) -> Reads {
        match self {
            Tree::Boolean(_) | Tree::Float(_) | Tree::Integer(_) => Reads::default(),
            Tree::List(items) => items.iter().map(Tree::reads).collect(),
            Tree::Reference(reference) => Reads::of_artefact(*reference),
            Tree::Table(entries) => entries.iter().map(|(_, value)| value.reads()).collect(),
            Tree::Text(template) => template.reads(),
            Tree::When(value, when) => [value.reads(), when.reads()].into_iter().collect(),
        }
    }
}

/// A failure of an expression as a diagnostic at its place.
pub(super) fn at(code: Code, failure: Failure, text: &Spanned<String>, sources: &Sources) -> Diagnostic {
    let code = match failure.kind {
        FailureKind::Wrong => code,
        FailureKind::TooMuch => Code::TooMuchWork,
        // The same message wherever it shows, so that it is given once.
        FailureKind::AllTooMuch => {
            return Diagnostic::new(Code::TooMuchWork, failure.message).maybe_help(failure.help);
        }
    };
    let span = failure.range.map_or(text.span, |range| text.inner(sources, range));
    Diagnostic::new(code, failure.message).at(span, "").maybe_help(failure.help)
}
