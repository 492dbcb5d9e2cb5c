//! Resolves imported leaf certificates, and checks whether they can be used.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::imported::{OTHER_KEY, digest};
use super::model::ImportedCertificate;
use super::written::Written;
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::plan::{ComponentTable, FreeCertificateTable};
use crate::source::{Span, Spanned};
use crate::stored::{Stored, imported_name};

/// The certificates beside a plan, by the names of their files.
pub(super) type Beside = BTreeMap<String, Arc<Stored>>;

/// A profile has no certificates beside it.
pub(super) fn none_in_profile(written: Written<'_>, diagnostics: &mut Diagnostics) {
    let tables = written.profile.known().into_iter().flat_map(|profile| &profile.component_defaults);
    for (name, _) in tables.flat_map(|(_, table)| &table.imported) {
        let message = format!("a profile cannot import the certificate `{}`", name.value);
        let help = "write it in `[component.NAME]` of the plan; the certificate is next to the plan";
        diagnostics.push(Diagnostic::new(Code::UnknownKey, message).at(name.span, "").help(help));
    }
}

/// What a table of a component names, by the position of each certificate in the definition.
pub(super) fn of_component(
    definition: &Definition,
    (above, table): (&str, &ComponentTable),
    stored: &Beside,
    diagnostics: &mut Diagnostics,
) -> Vec<(usize, ImportedCertificate)> {
    let mut found = Vec::new();
    for (name, value) in &table.imported {
        let all = &definition.certificates;
        let Some(position) = all.iter().position(|known| *known.name == *name.value) else {
            let message = format!("`{}` has no certificate `{}`", definition.name, name.value);
            let help = did_you_mean(&name.value, all.iter().map(|known| &*known.name));
            let diagnostic = Diagnostic::new(Code::NoSuchCertificate, message).at(name.span, "");
            diagnostics.push(diagnostic.maybe_help(help));
            continue;
        };
        let text = Spanned::new(value.value.as_text(), value.span);
        let target = format!("{above}component.{}.{}", definition.name, name.value);
        let certificate = certificate(&text, &target, stored, diagnostics);
        found.extend(certificate.map(|certificate| (position, certificate)));
    }
    found
}

/// What a free-standing certificate is, where others made it.
pub(super) fn of_free(
    name: &str,
    table: &FreeCertificateTable,
    stored: &Beside,
    diagnostics: &mut Diagnostics,
) -> Option<ImportedCertificate> {
    let text = table.imported.as_ref()?;
    let decided = [("key", &table.key), ("validity", &table.validity), ("secret", &table.secret)];
    for (key, written) in decided {
        let Some(written) = written else { continue };
        let message = format!("`certificate.{name}` is imported, so `{key}` has no effect");
        let diagnostic = Diagnostic::new(Code::ContradictsCertificate, message).at(written.span, "not this");
        let help = "remove this key: imported certificates stay as they are";
        diagnostics.push(diagnostic.at(text.span, "imported here").help(help));
    }
    let text = Spanned::new(Some(text.value.as_str()), text.span);
    certificate(&text, &format!("certificate.{name}"), stored, diagnostics)
}

fn certificate(
    text: &Spanned<Option<&str>>,
    target: &str,
    stored: &Beside,
    diagnostics: &mut Diagnostics,
) -> Option<ImportedCertificate> {
    let sha256 = digest(text.span, text.value, "sha256:", diagnostics)?;
    let name = imported_name(&sha256);
    // What is not there was reported when it was looked for.
    let certificate = stored.get(&name)?;
    match refused(certificate, &sha256) {
        Some((why, help)) => {
            let message = format!("the certificate of `{target}`, {name}.crt, {why}");
            diagnostics.push(refusal(message, text.span).help(help));
            None
        }
        None => Some(ImportedCertificate {
            name: name.into(),
            target: target.into(),
            certificate: Arc::clone(certificate),
            origin: text.span,
        }),
    }
}

fn refusal(message: String, span: Span) -> Diagnostic {
    Diagnostic::new(Code::ImportedCertificate, message).at(span, "imported here")
}

/// Why a certificate cannot be used, and what to do.
fn refused(certificate: &Stored, sha256: &[u8; 32]) -> Option<(String, &'static str)> {
    if certificate.sha256() != *sha256 {
        let help = "restore the file from git; to use another certificate, import that one";
        return Some(("is a different certificate than the plan says".to_owned(), help));
    }
    if certificate.authority {
        let help = "import it as a CA: `pkiplan import --plan PLAN --as authority.NAME FILE`";
        return Some(("is a CA certificate".to_owned(), help));
    }
    if certificate.key.is_none() {
        let help = "have it reissued for a key of ECDSA on P-256 or P-384, Ed25519, or RSA of 2048, 3072 or 4096 bits";
        return Some((OTHER_KEY.to_owned(), help));
    }
    if certificate.plain_subject.attributes().any(|(_, value)| value.chars().any(char::is_control)) {
        let help = "its common name appears in flags and configuration files: have it reissued without them";
        return Some(("has control characters in its subject".to_owned(), help));
    }
    let unknown = certificate.unknown_critical.first()?;
    let help = "nobody accepts it: have it reissued without this extension, or with a non-critical one";
    Some((format!("has a critical extension that programs do not know, {unknown}"), help))
}
