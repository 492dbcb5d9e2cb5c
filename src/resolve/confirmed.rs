//! Resolves `[confirmed]`: keys that operators have confirmed as unused.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Document;
use crate::source::Span;

/// `ID/GENERATION` and its place. Whether anything waits for it, decisions know.
pub(super) fn confirmed(document: &Document, diagnostics: &mut Diagnostics) -> BTreeMap<String, Span> {
    let mut confirmed = BTreeMap::new();
    for (name, why) in &document.confirmed {
        if why.value.as_text().is_none_or(|why| why.trim().is_empty()) {
            let message = format!("nobody has confirmed `{}`", name.value);
            let help =
                format!("write who has checked it, and when: `\"{}\" = \"2026-12-04 alice\"`", name.value);
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(why.span, "").help(help));
        }
        confirmed.insert(name.value.clone(), name.span);
    }
    confirmed
}
