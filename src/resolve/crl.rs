//! Resolves the contents of certificate revocation lists.

use std::collections::BTreeMap;

use super::model::Authority;
use super::parse::{number, parsed};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::plan::{CrlTable as Table, RevokedTable, Text};
use crate::source::{Span, Spanned};
use crate::specification::{Crl, Reason, Revoked};
use crate::values::{Instant, Serial};

/// What the lists of an authority say; the outer `None` means that something of it is wrong.
pub(super) fn crl(written: Option<&Table>, diagnostics: &mut Diagnostics) -> Option<Option<Spanned<Crl>>> {
    let Some(written) = written else { return Some(None) };
    let message = "the number of a CRL is zero or more";
    let number = written.number.as_ref();
    let number = number.and_then(|written| number_of(written, message, diagnostics));
    let instant = |text: &Option<Text>, diagnostics: &mut Diagnostics| {
        text.as_ref().and_then(|text| parsed::<Instant>(text, Code::BadValue, diagnostics))
    };
    let issued = instant(&written.issued, diagnostics);
    let expires = instant(&written.expires, diagnostics);
    if let (Some(issued), Some(expires), Some(text)) = (issued, expires, &written.expires)
        && expires <= issued
    {
        let message = format!("the CRL would expire at {expires}, and be issued at {issued}");
        let help = "write a later `expires`: after that time, servers refuse every client";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        return None;
    }
    let revoked = all(&written.revoked, issued, diagnostics);
    let crl = Crl { number: number?, issued: issued?, expires: expires?, revoked: revoked? };
    Some(Some(Spanned::new(crl, written.span)))
}

fn number_of(written: &Spanned<i64>, message: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
    number(written, 0..=u64::MAX, message, diagnostics)
}

/// What is revoked, by serial numbers; none where one is wrong.
fn all(
    written: &[(Text, RevokedTable)],
    issued: Option<Instant>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Revoked>> {
    let mut found: BTreeMap<Serial, (Option<Revoked>, Span)> = BTreeMap::new();
    let mut whole = true;
    for (name, table) in written {
        let serial = parsed::<Serial>(name, Code::BadValue, diagnostics);
        let revoked = revoked(serial, table, issued, diagnostics);
        whole &= revoked.is_some();
        let Some(serial) = serial else { continue };
        if let Some((_, earlier)) = found.insert(serial, (revoked, name.span)) {
            let message = format!("the certificate with the serial number {serial} is revoked twice");
            let diagnostic = Diagnostic::new(Code::DuplicateName, message).at(name.span, "this one");
            diagnostics.push(diagnostic.at(earlier, "and this one").help("remove one of them"));
            whole = false;
        }
    }
    whole.then(|| found.into_values().filter_map(|(revoked, _)| revoked).collect())
}

fn revoked(
    serial: Option<Serial>,
    table: &RevokedTable,
    issued: Option<Instant>,
    diagnostics: &mut Diagnostics,
) -> Option<Revoked> {
    let at = table.at.as_ref().and_then(|text| {
        let at = parsed::<Instant>(text, Code::BadValue, diagnostics)?;
        // Otherwise the list would have been issued before it was known what stands in it.
        let late = issued.filter(|issued| at > *issued);
        if let Some(issued) = late {
            let message = format!("revoked at {at}, after the CRL was issued at {issued}");
            let help = "a changed CRL is a new CRL: write a later `issued` and a larger `number`";
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        }
        late.is_none().then_some(at)
    });
    let reason = match &table.reason {
        Some(text) => reason(text, diagnostics).map(Some),
        None => Some(None),
    };
    Some(Revoked { serial: serial?, at: at?, reason: reason? })
}

fn reason(text: &Text, diagnostics: &mut Diagnostics) -> Option<Reason> {
    let found = Reason::WORDS.iter().find(|(word, _)| *word == text.value).map(|(_, reason)| *reason);
    if found.is_none() {
        let words: Vec<&str> = Reason::WORDS.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` is not a reason for a revocation", text.value);
        let near = did_you_mean(&text.value, words.iter().copied());
        let help = near.unwrap_or_else(|| format!("write one of {}, or nothing", words.join(", ")));
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
    }
    found
}

/// Reports imported generations whose certificates do not let them sign revocation lists: who verifies one with such a
/// certificate refuses it (RFC 5280, 6.3.3, f).
pub(super) fn signers(authority: &Authority, diagnostics: &mut Diagnostics) {
    let Some(crl) = &authority.crl else { return };
    for generation in &authority.generations.trust {
        let imported = authority.imported.get(generation);
        let Some(imported) = imported.filter(|imported| !imported.certificate.signs_crls) else { continue };
        let message =
            format!("the certificate of `{}/{generation}` does not allow it to sign CRLs", authority.id);
        let help = "its key usage lacks `cRLSign`, so programs refuse its CRL: have the \
                    certificate reissued with the same key and this usage, or remove \
                    the CRL until a derived generation has replaced the key";
        let diagnostic =
            Diagnostic::new(Code::ImportedCertificate, message).at(imported.origin, "imported here");
        diagnostics.push(diagnostic.at(crl.span, "its CRL").help(help));
    }
}
