//! Decisions about imported keys and certificates, which are kept unchanged and never silently replaced by derived
//! ones.

use super::decision::{Action, Decision};
use super::place::{ASKED, placed};
use super::wanted::{Wanted, WantedKey};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::{CertificateRecord, KeyRecord, Words};
use crate::source::Span;
use crate::specification::{Difference, Field, KeyIdentity, Word, differences, fingerprint};
use crate::stored::{Stored, id_there};
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
    let words = words(wanted, stored);
    let differences = recorded.map(|recorded| differences(&recorded.specification.to_vec(), &words));
    let action = match (recorded, differences) {
        // What another plan decides is taken as it is: the lock shows it, and its own lock guards it.
        (Some(recorded), Some(mut differences)) if wanted.plan.is_some() => {
            if recorded.key != key {
                differences.push(Difference::of_keys(&recorded.key, &key));
            }
            if differences.is_empty() { Action::Keep } else { Action::Reissue { differences } }
        }
        // Another one with another key is what its renewal by others looks like, and the plan says which it is.
        (Some(recorded), Some(mut differences)) if wanted.target.is_some() => {
            differences.extend((recorded.key != key).then(|| Difference::of_keys(&recorded.key, &key)));
            if differences.is_empty() { Action::Keep } else { Action::Replace { differences } }
        }
        (Some(recorded), _) if recorded.key != key => {
            another_key(wanted.id, wanted.origin, diagnostics);
            Action::Keep
        }
        // The same one, whose subject an earlier version spelt in another way.
        (Some(_), Some(differences)) if !differences.is_empty() && !differences.iter().any(is_of_another) => {
            Action::Reissue { differences }
        }
        (Some(_), Some(differences)) if !differences.is_empty() => {
            let id = wanted.id;
            let message =
                format!("`{id}` has a different certificate than the lock recorded, with the same key");
            let help = format!(
                "if this is not intended, restore cluster.certs/ from git; the new certificate expires at {}",
                stored.not_after
            );
            let diagnostic = Diagnostic::new(Code::CertificateReplaced, message).help(help);
            diagnostics.push(placed(diagnostic, wanted.origin, ASKED));
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

fn is_of_another(difference: &Difference) -> bool {
    difference.field != Field::Line(Word::Subject)
}

fn words(wanted: &Wanted<'_>, stored: &Stored) -> Vec<String> {
    let digest = |bytes| format!("sha256:{}", hex(bytes));
    if wanted.target.is_some() {
        // Control characters in its subject were refused.
        let mut words = wanted.specification.words();
        words.push(Word::Certificate.line(digest(&stored.sha256())));
        return words;
    }
    vec![
        Word::Subject.line(&stored.subject_text),
        Word::Certificate.line(digest(&stored.sha256())),
        Word::SignsAs.line(digest(&stored.signs_as())),
    ]
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

/// An imported generation of a keyring stays the key that the lock knows, and no other becomes one. `built` says
/// whether there ever were keys. Encryption keys have digests only if they were imported.
pub(super) fn check_keys(
    key: &WantedKey<'_>,
    recorded: Option<&KeyRecord>,
    built: bool,
    diagnostics: &mut Diagnostics,
) {
    let Some(recorded) = recorded else { return };
    let secret = key.algorithm.is_none();
    for generation in recorded.trust.iter().filter(|generation| key.trust.contains(generation)) {
        let same = match (recorded.sha256.get(generation), key.imported.get(generation)) {
            (Some(known), Some(imported)) => known == imported,
            (Some(_), None) => !secret,
            (None, Some(_)) => !secret || !built,
            (None, None) => true,
        };
        if !same {
            another_key(&format!("{}/{generation}", key.id), key.origin, diagnostics);
        }
    }
}

/// What to do where a certificate of a host or a client ends that others made.
#[must_use]
pub fn replace_import(target: &str) -> String {
    format!(
        "ask its issuer for a new one, and replace it: `pkiplan import --plan PLAN --as {target} \
         CERTIFICATE KEY`"
    )
}

/// What to do where an imported authority ends: of the plan's own, or of another plan's.
#[must_use]
pub fn renew_import(id: &str, plan: Option<&str>) -> String {
    let theirs = |plan| {
        let id = id_there(id).unwrap_or(id);
        format!("renew it with `pkiplan renew {plan} {id}` and a build of that plan")
    };
    plan.map_or_else(|| RENEW.to_owned(), theirs)
}

pub(super) fn renew(wanted: &Wanted<'_>) -> String {
    wanted.target.map_or_else(|| renew_import(wanted.id, wanted.plan), replace_import)
}

const RENEW: &str = "ask its owner to renew it with the same key, and replace the certificate \
                                next to the lock; or add a generation, which is derived";

fn another_key(id: &str, origin: Option<Span>, diagnostics: &mut Diagnostics) {
    let message = format!("`{id}` would be a different key than the lock knows");
    let help = "a new key is a new generation: restore the line, and increase `generations.use`";
    diagnostics.push(placed(Diagnostic::new(Code::LockGeneration, message).help(help), origin, ASKED));
}
