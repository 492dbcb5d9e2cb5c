//! What was made elsewhere: kept as it is, and never turned into something derived in silence.

use super::{Action, Decision, Wanted, WantedKey};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::{CertificateRecord, KeyRecord, Words};
use crate::source::Span;
use crate::specification::{KeyIdentity, differences, fingerprint};
use crate::stored::Stored;
use crate::values::hex;

/// The decision on a certificate that is stored, and what the lock says of it in place of a specification: which
/// certificate it is, and what of it stands in those that it issues.
pub(super) fn decide(
    wanted: &Wanted<'_>,
    stored: &Stored,
    recorded: Option<&CertificateRecord>,
    diagnostics: &mut Diagnostics,
) -> (Decision, Words) {
    let key = KeyIdentity::Imported { sha256: stored.key_sha256() };
    let words = words(stored);
    let differences = recorded.map(|recorded| differences(&recorded.specification.to_vec(), &words));
    let action = match (recorded, differences) {
        (Some(recorded), _) if recorded.key != key => {
            another_key(wanted.id, wanted.origin, diagnostics);
            Action::Keep
        }
        (Some(_), Some(differences)) if !differences.is_empty() => {
            let id = wanted.id;
            let message = format!("`{id}` has another certificate than the lock recorded, with the same key");
            let help = format!(
                "if that is not meant, bring back cluster.certs/ from git; it ends at {}",
                stored.not_after
            );
            let diagnostic = Diagnostic::new(Code::CertificateReplaced, message).help(help);
            diagnostics.push(placed(diagnostic, wanted.origin));
            Action::Reissue { differences }
        }
        (Some(_), _) => Action::Keep,
        (None, _) => Action::Import,
    };
    let decision = Decision {
        action,
        serial: stored.serial,
        not_before: stored.not_before,
        not_after: stored.not_after,
        generation: wanted.generation.unwrap_or(1),
        key,
        fingerprint: fingerprint(&words),
        recorded_sha256: Some(stored.sha256()),
    };
    (decision, Words::new(&words))
}

fn words(stored: &Stored) -> Vec<String> {
    let mut words = vec![
        format!("subject {}", stored.subject_text),
        format!("certificate sha256:{}", hex(&stored.sha256())),
    ];
    words.push(format!("signs-as sha256:{}", hex(&stored.signs_as())));
    words
}

/// A generation that was imported can only be imported.
pub(super) fn check_derived(
    wanted: &Wanted<'_>,
    recorded: Option<&CertificateRecord>,
    diagnostics: &mut Diagnostics,
) {
    if wanted.generation.is_some() && recorded.is_some_and(|r| matches!(r.key, KeyIdentity::Imported { .. }))
    {
        another_key(wanted.id, wanted.origin, diagnostics);
    }
}

/// An imported generation of a keyring stays the key that the lock knows.
pub(super) fn check_keys(key: &WantedKey<'_>, recorded: Option<&KeyRecord>, diagnostics: &mut Diagnostics) {
    let known = recorded.map(|record| &record.sha256).into_iter().flatten();
    for (generation, digest) in known {
        if key.imported.get(generation).is_some_and(|imported| imported != digest) {
            another_key(&format!("{}/{generation}", key.id), key.origin, diagnostics);
        }
    }
}

fn another_key(id: &str, origin: Option<Span>, diagnostics: &mut Diagnostics) {
    let message = format!("`{id}` would be another key than the lock knows");
    let help = "a new key is a new generation: bring back the line as it was, and raise `generations.use`";
    diagnostics.push(placed(Diagnostic::new(Code::LockGeneration, message).help(help), origin));
}

fn placed(diagnostic: Diagnostic, origin: Option<Span>) -> Diagnostic {
    match origin {
        Some(span) => diagnostic.at(span, "asked for here"),
        None => diagnostic,
    }
}
