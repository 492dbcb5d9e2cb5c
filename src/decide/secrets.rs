//! Decides which secret each key derives from.
//!
//! A generation of a shared key (of an authority or a keyring) keeps the secret that the lock recorded, so that
//! replacing a secret never changes an authority's key silently. Keys of end entities follow the plan immediately.

use std::collections::BTreeMap;

use super::place::{ASKED, placed};
use super::wanted::{Wanted, WantedKey};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::{CertificateRecord, KeyRecord, Lock};
use crate::source::Span;
use crate::specification::KeyIdentity;
use crate::values::{SecretEpoch, SecretName};

/// The secret of a certificate's key.
pub(super) fn of_certificate(wanted: &Wanted<'_>, recorded: Option<&CertificateRecord>) -> SecretEpoch {
    match recorded.map(|record| record.key) {
        Some(KeyIdentity::Derived { secret, .. }) if wanted.generation.is_some() => secret,
        _ => wanted.secret,
    }
}

/// The secrets of a keyring's generations, those that are not the default one.
pub(super) fn of_key(
    key: &WantedKey<'_>,
    trust: &[u32],
    recorded: Option<&KeyRecord>,
) -> BTreeMap<u32, SecretEpoch> {
    let derived = trust.iter().filter(|generation| !key.imported.contains_key(generation));
    let known = |generation: &u32| recorded.filter(|record| record.trust.contains(generation));
    derived
        .map(|generation| (*generation, known(generation).map_or(key.secret, |r| r.secret(*generation))))
        .filter(|(_, secret)| *secret != SecretEpoch::default())
        .collect()
}

/// The secrets that the next lock's keys derive from, as far as the previous lock knows them. The newest of a
/// name has the name for itself.
pub(super) fn carry(previous: &Lock, next: &mut Lock) {
    let needed = next.derives_from();
    for secret in &needed {
        if let Some(record) = previous.secret(*secret) {
            let record = record.clone();
            next.record_secret(*secret, record.identity);
        }
    }
}

/// Reports a secret whose epoch goes back.
pub fn check_epochs(
    declared: impl Iterator<Item = (SecretName, u32, Option<Span>)>,
    previous: &Lock,
    diagnostics: &mut Diagnostics,
) {
    for (name, epoch, origin) in declared {
        let known = previous.newest_epoch(name).unwrap_or(1);
        if epoch < known {
            let message = format!(
                "the secret `{name}` has epoch {epoch} in the plan, but the lock knows epoch {known}"
            );
            let help = format!(
                "a replaced secret cannot be used again: write `epoch = {known}` below `[secret.{name}]`"
            );
            diagnostics.push(placed(Diagnostic::new(Code::LockEpoch, message).help(help), origin, ASKED));
        }
    }
}

/// Reports keys that many share, and of which no generation derives from the secret that the plan names.
pub(super) fn check_named(keys: &[WantedKey<'_>], next: &Lock, diagnostics: &mut Diagnostics) {
    for key in keys {
        let of_generation =
            |generation: &u32| match next.certificates.get(&*format!("{}/{generation}", key.id)) {
                Some(record) => match record.key {
                    KeyIdentity::Derived { secret, .. } => Some(secret),
                    _ => None,
                },
                None => next.keys.get(key.id).map(|record| record.secret(*generation)),
            };
        let derived = key.trust.iter().filter(|generation| !key.imported.contains_key(generation));
        let secrets: Vec<SecretEpoch> = derived.filter_map(of_generation).collect();
        let Some(other) = secrets.last().filter(|_| secrets.iter().all(|s| s.name != key.secret.name)) else {
            continue;
        };
        let message = format!(
            "`{}` derives from the secret `{}`, but the plan says `{}`",
            key.id, other.name, key.secret.name
        );
        let highest = key.trust.iter().copied().max().unwrap_or(key.used);
        let help = format!(
            "only a new generation can derive from another secret: write `generations = {{ use = {}, trust = {:?} }}`, which starts a rotation",
            key.used,
            key.trust.iter().copied().chain([highest + 1]).collect::<Vec<_>>()
        );
        diagnostics.push(placed(
            Diagnostic::new(Code::LockOtherSecret, message).help(help),
            key.origin,
            ASKED,
        ));
    }
}
