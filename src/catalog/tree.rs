//! Values of the catalog with expressions and references in them.

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Compiled, Engine, Failure, Value};
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
    /// `{...}`
    Table(Vec<(Arc<str>, Tree)>),
    /// A text or an expression.
    Text(Template),
    /// `{ value = ..., when = "..." }`: left out where the condition does not hold.
    When(Box<Tree>, Template),
}

/// An artefact of the same component, named in a flag or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// `@authority.PURPOSE.PART`; the index is into [`super::Definition::purposes`].
    Authority(usize, PairPart),
    /// `@BUNDLE`
    Bundle(usize),
    /// `@CERTIFICATE.PART`
    Certificate(usize, PairPart),
    /// `@FILE`
    File(usize),
    /// `@KUBECONFIG`
    Kubeconfig(usize),
    /// `@KEYRING.PART`; the index is into [`super::Definition::keyrings`].
    Keyring(usize, KeyringPart),
}

/// One file of a certificate and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairPart {
    /// `.certificate`
    Certificate,
    /// `.key`
    Key,
}

/// One file of a key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyringPart {
    /// `.private-key`: the one in use.
    PrivateKey,
    /// `.public-keys`: all that are trusted.
    PublicKeys,
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

    fn failure(&self, failure: Failure, sources: &Sources) -> Diagnostic {
        at(Code::Expression, failure, &self.text, sources)
    }
}

/// A failure of an expression as a diagnostic at its place.
pub(super) fn at(code: Code, failure: Failure, text: &Spanned<String>, sources: &Sources) -> Diagnostic {
    let span = failure.range.map_or(text.span, |range| text.inner(sources, range));
    Diagnostic::new(code, failure.message).at(span, "").maybe_help(failure.help)
}
