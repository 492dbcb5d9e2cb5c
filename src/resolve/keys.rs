//! Resolves key algorithms.

use super::parse::parsed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;
use crate::source::Span;
use crate::values::KeyAlgorithm;

/// How a plan says that a key stays where it is.
pub(crate) const EXTERNAL: &str = "external";

/// The kind of key where something says one; the outer `None` means that it is wrong.
pub(super) fn optional(text: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Option<KeyAlgorithm>> {
    let Some(text) = text else { return Some(None) };
    if text.value == EXTERNAL {
        diagnostics.push(external(text.span));
        return None;
    }
    parsed(text, Code::BadValue, diagnostics).map(Some)
}

/// The kind of key; ECDSA on P-256 where nothing says one.
pub(super) fn key(text: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<KeyAlgorithm> {
    Some(optional(text, diagnostics)?.unwrap_or(KeyAlgorithm::EcdsaP256))
}

/// The plan asks for a key that never comes here.
pub(super) fn external(span: Span) -> Diagnostic {
    let message = "this version of pkiplan cannot use external keys";
    let help = "import the key, or remove the line so that a key is derived";
    Diagnostic::new(Code::ExternalKey, message).at(span, "").help(help)
}
