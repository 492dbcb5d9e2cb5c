//! Trees that nobody writes: what a proof looks at.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::stopped::{Stopped, Unmade};
use super::unit::{Job, fill, jobs, render};
use crate::decide::Draft;
use crate::expand::{Blueprint, Holder};
use crate::fill::{Credentials, ImportedKeys, KeyMaterial};
use crate::host::{Memory, Units};
use crate::issue::derivation::{encryption_key, password, static_token, token};
use crate::issue::imported::{EncryptionKey, ImportedText};
use crate::issue::key::PrivateKey;
use crate::issue::rekeyed::rekeyed;
use crate::issue::secret::Secret;
use crate::resolve::KeyringKind;
use crate::specification::{CertificateIndex, KeyIdentity};
use crate::stored::Stored;
use crate::values::{KeyAlgorithm, SecretEpoch, UnitId};
use crate::write::UnitName;

/// Units with their files, and the names of those that lack a secret.
pub type Unwritten = (Units, Vec<String>);

/// All units with their bytes. What lacks a secret is left out and named.
///
/// # Errors
/// What stopped one of them.
pub fn unwritten(credentials: &Credentials<'_>) -> Result<Unwritten, Stopped> {
    let make = |job: Job| match render(credentials.blueprint(), job)? {
        Some(rendered) => fill(credentials, rendered).map(|filled| Some(filled.into_files())),
        None => Ok(None),
    };
    let made: Vec<_> = jobs(credentials.blueprint()).into_par_iter().map(make).collect();
    let (mut units, mut lacking, mut failures) = (Units::default(), Vec::new(), Vec::new());
    for result in made {
        match result {
            Ok(unit) => unit.into_iter().for_each(|(name, files)| add(&mut units, &name, files)),
            Err(Unmade::Lacks(name, _)) => lacking.push(name.as_str().to_owned()),
            Err(Unmade::Stopped(Stopped::Diagnostics(more))) => failures.extend(more),
            Err(Unmade::Stopped(stopped)) => return Err(stopped),
        }
    }
    if failures.is_empty() { Ok((units, lacking)) } else { Err(Stopped::Diagnostics(failures)) }
}

fn add(units: &mut Units, name: &UnitName, files: Memory) {
    match name.as_str().parse::<UnitId>() {
        Ok(UnitId::Host(host)) => _ = units.hosts.insert(host, Box::new(files)),
        Ok(UnitId::User(name)) => units.people.push((name, Box::new(files))),
        Ok(UnitId::Cluster) => units.apply(&files),
        Err(_) => {}
    }
}

/// Takes from decisions what was recorded of the real keys, and gives keys that nobody has. Authorities that were made
/// elsewhere become copies with other keys, so that something can be issued below them.
#[must_use]
pub fn rehearse(blueprint: &mut Blueprint<'_>, draft: &mut Draft) -> KeyMaterial {
    let mut secrets: BTreeMap<SecretEpoch, Secret> = BTreeMap::new();
    let mut know = |epoch: SecretEpoch| {
        secrets.entry(epoch).or_insert_with(|| stand_in(&format!("{} {}", epoch.name, epoch.epoch)));
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
    KeyMaterial { secrets, imported: imported(blueprint), certificates: BTreeMap::new() }
}

/// A secret that protects nothing.
fn stand_in(what: &str) -> Secret {
    let label = format!("pkiplan: a secret that proves and protects nothing: {what}");
    Secret::from_bytes(Sha256::digest(label.as_bytes()).into())
}

/// Keys in place of those that were made elsewhere.
fn imported(blueprint: &mut Blueprint<'_>) -> ImportedKeys {
    let secret = stand_in("imported");
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
    let positions: Vec<CertificateIndex> = blueprint.certificates.indices().collect();
    for position in positions {
        let made = &blueprint.certificates[position];
        let (Holder::Authority(_), Some(stored), Some(generation)) =
            (made.holder, &made.stored, made.generation)
        else {
            continue;
        };
        let key = Arc::new(PrivateKey::derive(&secret, &made.key_id, KeyAlgorithm::EcdsaP256, generation));
        let above = made.issuer.map(|issuer| &blueprint.certificates[issuer]);
        let signer = above.and_then(|above| keys.pairs.get(&(Arc::clone(&above.key_id), above.generation?)));
        let copy =
            rekeyed(&stored.der, &key, signer.unwrap_or(&key)).and_then(|der| Stored::from_der(&der).ok());
        if let Some(copy) = copy {
            keys.pairs.insert((Arc::clone(&made.key_id), generation), key);
            blueprint.certificates[position].stored = Some(Arc::new(copy));
        }
    }
    keys
}
