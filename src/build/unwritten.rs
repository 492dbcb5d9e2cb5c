//! Trees that nobody writes: what a proof looks at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::stopped::{Stopped, Unmade};
use super::unit::{Job, files, jobs, render};
use crate::decide::Draft;
use crate::expand::{Blueprint, Holder};
use crate::fill::{Credentials, ImportedKeys, KeyMaterial};
use crate::host::{Files, Hosts, Memory, Others};
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

/// Units whose files nobody writes. Those of a host are made when it is read, and are gone afterwards: all hosts at
/// once would be several times what is known of them.
pub struct Unwritten<'c> {
    credentials: &'c Credentials<'c>,
    /// Hosts by name, with the position of their job.
    hosts: BTreeMap<Arc<str>, (usize, Job)>,
    others: Others,
    /// Why units are not there, by the position of their job.
    unmade: Mutex<BTreeMap<usize, Unmade>>,
}

impl<'c> Unwritten<'c> {
    /// All units of credentials; what lies on no host is made here.
    #[must_use]
    pub fn new(credentials: &'c Credentials<'c>) -> Self {
        let (mut hosts, mut rest) = (BTreeMap::new(), Vec::new());
        for (at, job) in jobs(credentials.blueprint()).into_iter().enumerate() {
            match job {
                Job::Host(node) => {
                    let name = credentials.blueprint().model.nodes[node].name.shared();
                    hosts.insert(name, (at, job));
                }
                Job::User(_) | Job::Cluster => rest.push((at, job)),
            }
        }
        let mut all = Self { credentials, hosts, others: Others::default(), unmade: Mutex::default() };
        let made: Vec<_> = rest.into_par_iter().filter_map(|(at, job)| all.make(at, job)).collect();
        for (name, files) in made {
            match name.as_str().parse::<UnitId>() {
                Ok(UnitId::User(name)) => all.others.people.push((name, Box::new(files))),
                Ok(UnitId::Cluster) => all.others.apply(&files),
                Ok(UnitId::Host(_)) | Err(_) => {}
            }
        }
        all
    }

    /// What lies on no host.
    #[must_use]
    pub fn others(&self) -> &Others {
        &self.others
    }

    /// The names of units that lack a secret and were left out, once all hosts were read.
    ///
    /// # Errors
    /// What stopped one of them.
    pub fn end(self) -> Result<Vec<String>, Stopped> {
        let unmade = self.unmade.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (mut lacking, mut failures) = (Vec::new(), Vec::new());
        for why in unmade.into_values() {
            match why {
                Unmade::Lacks(name, _) => lacking.push(name.as_str().to_owned()),
                Unmade::Stopped(Stopped::Diagnostics(more)) => failures.extend(more),
                Unmade::Stopped(stopped) => return Err(stopped),
            }
        }
        if failures.is_empty() { Ok(lacking) } else { Err(Stopped::Diagnostics(failures)) }
    }

    fn make(&self, at: usize, job: Job) -> Option<(UnitName, Memory)> {
        let rendered = render(self.credentials.blueprint(), job).and_then(|rendered| match rendered {
            Some(rendered) => files(self.credentials, rendered).map(Some),
            None => Ok(None),
        });
        rendered.unwrap_or_else(|why| {
            self.unmade.lock().unwrap_or_else(PoisonError::into_inner).insert(at, why);
            None
        })
    }
}

impl Hosts for Unwritten<'_> {
    fn open(&self, host: &Arc<str>, reader: &mut dyn FnMut(&dyn Files)) {
        let made = self.hosts.get(host).and_then(|(at, job)| self.make(*at, *job));
        if let Some((_, files)) = made {
            reader(&files);
        }
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
    let imported = imported(blueprint);
    KeyMaterial { secrets, imported, certificates: BTreeMap::new(), throw_away: true }
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
    authorities(blueprint, &secret, &mut keys);
    leaves(blueprint, &secret, &mut keys);
    keys
}

/// Copies of imported authorities, with other keys.
fn authorities(blueprint: &mut Blueprint<'_>, secret: &Secret, keys: &mut ImportedKeys) {
    let positions: Vec<CertificateIndex> = blueprint.certificates.indices().collect();
    for position in positions {
        let made = &blueprint.certificates[position];
        let (Holder::Authority(_), Some(stored), Some(generation)) =
            (made.holder, &made.stored, made.generation)
        else {
            continue;
        };
        let key = Arc::new(PrivateKey::derive(secret, &made.key_id, KeyAlgorithm::EcdsaP256, generation));
        let above = made.issuer.map(|issuer| &blueprint.certificates[issuer]);
        let signer = above.and_then(|above| keys.pairs.get(&(Arc::clone(&above.key_id), above.generation?)));
        let copy =
            rekeyed(&stored.der, &key, signer.unwrap_or(&key)).and_then(|der| Stored::from_der(&der).ok());
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
        let above = made.issuer.map(|issuer| &blueprint.certificates[issuer]);
        let signer = above.and_then(|above| keys.pairs.get(&(Arc::clone(&above.key_id), above.generation?)));
        let copy = signer.and_then(|signer| rekeyed(&stored.der, &key, signer));
        let copy = copy.and_then(|der| Stored::from_der(&der).ok());
        if let Some(copy) = copy {
            keys.leaves.insert(Arc::clone(&made.key_id), key);
            blueprint.certificates[position].stored = Some(Arc::new(copy));
        }
    }
}
