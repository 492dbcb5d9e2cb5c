//! Reports keyrings that no component reads.

use super::model::Model;
use super::written::Written;
use crate::catalog::Root;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};

/// Reports each keyring of the plan whose name no component of it knows.
pub(super) fn check(written: Written<'_>, model: &Model, diagnostics: &mut Diagnostics) {
    // Without a profile a plan may hold keys for others. What is wrong with components may be why nothing reads one.
    if diagnostics.has_errors() || written.profile.known().is_none() {
        return;
    }
    for (name, _) in &written.document.keyrings {
        if model.components.iter().any(|component| component.definition.reads_keyring(&name.value)) {
            continue;
        }
        let message = format!("no component of the plan reads the keyring `{}`", name.value);
        let of_catalog = written.catalog.components.values();
        let known = of_catalog.flat_map(|definition| definition.reads.fields(Root::Keyring));
        let help = did_you_mean(&name.value, known).unwrap_or_else(|| "leave it out".to_owned());
        diagnostics.push(Diagnostic::new(Code::UnusedKeyring, message).at(name.span, "").help(help));
    }
}
