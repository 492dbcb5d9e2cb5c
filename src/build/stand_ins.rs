//! Throw-away keys that replace the real ones when a plan is proven without its secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::decide::Draft;
use crate::expand::{Blueprint, Certificate, Holder};
use crate::fill::{ImportedKeys, KeyMaterial};
use crate::issue::derivation::{encryption_key, password, static_token, token};
use crate::issue::imported::{EncryptionKey, ImportedText};
use crate::issue::key::PrivateKey;
use crate::issue::rekeyed::rekeyed;
use crate::issue::secret::Secret;
use crate::resolve::KeyringKind;
use crate::specification::{CertificateIndex, KeyIdentity};
use crate::stored::Stored;
use crate::values::{KeyAlgorithm, SecretEpoch, hex};

/// Keys in place of others, by SHA-256 of the public keys of these.
type Known = BTreeMap<[u8; 32], Arc<PrivateKey>>;

/// One of several plans that are rehearsed together.
pub struct Rehearsal<'r, 'a> {
    /// What the plan wants.
    pub blueprint: &'r mut Blueprint<'a>,
    /// What was decided of it.
    pub draft: &'r mut Draft,
    /// The certificates of its own authorities, as far as they are at hand: other plans believe these.
    pub at_hand: Vec<(CertificateIndex, Stored)>,
}

/// The same as [`rehearse`] of several plans that believe one another: the key of an authority is one and the same in all of
/// them, and those of two plans differ whatever they are called.
#[must_use]
pub fn rehearse_all(plans: &mut [Rehearsal<'_, '_>]) -> Vec<KeyMaterial> {
    let stored = plans.iter().flat_map(|plan| plan.blueprint.certificates.iter());
    let wanted: BTreeSet<[u8; 32]> =
        stored.filter_map(|made| made.stored.as_ref()).map(|stored| stored.key_sha256()).collect();
    let mut known = Known::new();
    for (at, plan) in plans.iter().enumerate() {
        for (position, stored) in &plan.at_hand {
            let (made, decision) =
                (&plan.blueprint.certificates[*position], &plan.draft.certificates[*position]);
            let KeyIdentity::Derived { secret, .. } = decision.key else { continue };
            if made.stored.is_none() && wanted.contains(&stored.key_sha256()) {
                let key = PrivateKey::derive(
                    &of_epoch(&label(at), secret),
                    &made.key_id,
                    made.specification.key,
                    decision.generation,
                );
                known.insert(stored.key_sha256(), Arc::new(key));
            }
        }
    }
    let all = plans.iter_mut().enumerate();
    all.map(|(at, plan)| material(plan.blueprint, plan.draft, &label(at), &known)).collect()
}

/// What distinguishes the keys of plans; nothing for the first one.
fn label(at: usize) -> String {
    if at == 0 { String::new() } else { format!("plan {at} ") }
}

/// Takes from decisions what was recorded of the real keys, and gives keys that nobody has. Authorities that were made
/// elsewhere become copies with other keys, so that something can be issued below them.
#[must_use]
pub fn rehearse(blueprint: &mut Blueprint<'_>, draft: &mut Draft) -> KeyMaterial {
    material(blueprint, draft, "", &Known::new())
}

fn material(blueprint: &mut Blueprint<'_>, draft: &mut Draft, label: &str, known: &Known) -> KeyMaterial {
    let mut secrets: BTreeMap<SecretEpoch, Secret> = BTreeMap::new();
    let mut know = |epoch: SecretEpoch| {
        secrets.entry(epoch).or_insert_with(|| of_epoch(label, epoch));
    };
    for decision in draft.certificates.iter_mut() {
        if let KeyIdentity::Derived { secret, .. } = decision.key {
            know(secret);
            decision.recorded_sha256 = None;
        }
    }
    let needed = draft.lock.derives_from();
    needed.into_iter().for_each(&mut know);
    for record in draft.lock.keys.values_mut() {
        record.sha256.clear();
    }
    let imported = imported(blueprint, label, known);
    KeyMaterial { secrets, imported, certificates: BTreeMap::new(), throw_away: true }
}

fn of_epoch(label: &str, epoch: SecretEpoch) -> Secret {
    stand_in(&format!("{label}{} {}", epoch.name, epoch.epoch))
}

/// A secret that protects nothing.
fn stand_in(what: &str) -> Secret {
    let label = format!("pkiplan: a secret that proves and protects nothing: {what}");
    Secret::from_bytes(Sha256::digest(label.as_bytes()).into())
}

/// Keys in place of those that were made elsewhere.
fn imported(blueprint: &mut Blueprint<'_>, label: &str, known: &Known) -> ImportedKeys {
    let secret = stand_in(&format!("{label}imported"));
    let mut keys = ImportedKeys::default();
    for keyring in blueprint.model.keyrings.values() {
        for generation in keyring.imported.keys().copied() {
            let place = (Arc::clone(&keyring.id), generation);
            let id = &keyring.id;
            let text = match keyring.kind {
                KeyringKind::KeyPair(algorithm) => {
                    let key = PrivateKey::derive(&secret, id, algorithm, generation);
                    keys.pairs.insert(place, Arc::new(key));
                    continue;
                }
                KeyringKind::Encryption(_) => {
                    let bytes = Zeroizing::new(encryption_key(&secret, id, generation).to_vec());
                    keys.encryption.insert(place, EncryptionKey::new(bytes, [0; 32]));
                    continue;
                }
                KeyringKind::BootstrapToken(_) => token(&secret, id, generation),
                KeyringKind::Password(length) => password(&secret, id, generation, length),
                KeyringKind::StaticToken(_) => static_token(&secret, id, generation),
            };
            keys.texts.insert(place, ImportedText::new(&text, [0; 32]));
        }
    }
    authorities(blueprint, known, &mut keys);
    leaves(blueprint, &secret, &mut keys);
    keys
}

/// Copies of imported authorities, with other keys; where a key is known that stands in for theirs, with that one.
fn authorities(blueprint: &mut Blueprint<'_>, known: &Known, keys: &mut ImportedKeys) {
    // Plans that import one authority have one key in place of its own.
    let secret = stand_in("imported");
    let positions: Vec<CertificateIndex> = blueprint.certificates.indices().collect();
    for position in positions {
        let made = &blueprint.certificates[position];
        let (Some(stored), Some(generation)) = (&made.stored, made.generation) else { continue };
        let digest = stored.key_sha256();
        let of_another = known.get(&digest);
        let is_meant = match made.holder {
            Holder::Authority(_) => true,
            Holder::Foreign(_) => of_another.is_some(),
            _ => false,
        };
        if !is_meant {
            continue;
        }
        let derived = || Arc::new(PrivateKey::derive(&secret, &hex(&digest), KeyAlgorithm::EcdsaP256, 1));
        let key = of_another.cloned().unwrap_or_else(derived);
        let signer = signer(blueprint, made, keys).cloned().unwrap_or_else(|| Arc::clone(&key));
        let copy = rekeyed(&stored.der, &key, &signer).and_then(|der| Stored::from_der(&der).ok());
        if let Some(copy) = copy {
            keys.pairs.insert((Arc::clone(&made.key_id), generation), key);
            blueprint.certificates[position].stored = Some(Arc::new(copy));
        }
    }
}

/// Copies of what others issued for hosts and clients, with other keys, below the copies of those that issued them.
fn leaves(blueprint: &mut Blueprint<'_>, secret: &Secret, keys: &mut ImportedKeys) {
    let positions: Vec<CertificateIndex> = blueprint.certificates.indices().collect();
    for position in positions {
        let made = &blueprint.certificates[position];
        let (false, Some(stored)) = (made.holder.is_authority(), &made.stored) else { continue };
        let key = Arc::new(PrivateKey::derive(secret, &made.key_id, KeyAlgorithm::EcdsaP256, 1));
        let copy = signer(blueprint, made, keys).and_then(|signer| rekeyed(&stored.der, &key, signer));
        let copy = copy.and_then(|der| Stored::from_der(&der).ok());
        if let Some(copy) = copy {
            keys.leaves.insert(Arc::clone(&made.key_id), key);
            blueprint.certificates[position].stored = Some(Arc::new(copy));
        }
    }
}

/// The key in place of the one that issued a certificate.
fn signer<'k>(
    blueprint: &Blueprint<'_>,
    made: &Certificate,
    keys: &'k ImportedKeys,
) -> Option<&'k Arc<PrivateKey>> {
    let above = &blueprint.certificates[made.issuer?];
    keys.pairs.get(&(Arc::clone(&above.key_id), above.generation?))
}
