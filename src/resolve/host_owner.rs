//! Resolves the owner of a file on a host.

use std::sync::Arc;

use super::parse::valid;
use crate::diagnostics::{Code, Diagnostics};
use crate::read::plan::Text;
use crate::values::TextForm;

/// The owner that the plan says, else root; none where nobody can be called so.
pub(super) fn owner(text: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Arc<str>> {
    let Some(text) = text else { return Some("root".into()) };
    valid(TextForm::User.check(&text.value), text.span, Code::BadValue, diagnostics)?;
    Some(text.value.as_str().into())
}
