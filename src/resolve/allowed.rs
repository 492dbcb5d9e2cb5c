//! Resolves `[allow]`: warnings that the plan accepts.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity, did_you_mean};
use crate::read::plan::Document;

/// Lowers what `[allow]` names. Codes of `lint` are for files that others made, and count there.
pub(super) fn allow(document: &Document, diagnostics: &mut Diagnostics) {
    for (name, why) in &document.allow {
        let mut wrong = |place, message: String, help: Option<String>| {
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(place, "").maybe_help(help));
        };
        let Some(code) = Code::from_name(&name.value) else {
            let warnings = Code::ALL.iter().filter(|code| code.severity() == Severity::Warning);
            let help = did_you_mean(&name.value, warnings.map(|code| code.name()));
            wrong(name.span, format!("there is no code `{}`", name.value), help);
            continue;
        };
        let reason = why.value.as_text().map(str::trim).filter(|why| !why.is_empty());
        match reason {
            _ if code.severity() != Severity::Warning => {
                let help = "only warnings can be allowed".to_owned();
                wrong(name.span, format!("`{code}` is an error"), Some(help));
            }
            None => {
                let help = format!("write the reason: `\"{code}\" = \"...\"`");
                wrong(why.span, format!("`{code}` is allowed without a reason"), Some(help));
            }
            Some(why) => diagnostics.allow(code, why),
        }
    }
}
