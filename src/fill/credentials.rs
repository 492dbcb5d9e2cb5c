//! Derives the keys and issues the certificates that fill the sheets of hosts.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{KeyMaterial, Mismatch, crls};
use crate::decide::{Action, Draft};
use crate::expand::Blueprint;
use crate::issue::certificate::{IssueError, ToBeIssued, issue};
use crate::issue::crl::CrlIssuer;
use crate::issue::key::{PrivateKey, PublicKey};
use crate::issue::secret::Secret;
use crate::issue::verify::{VerifyError, confirm, verify};
use crate::issue::{name, pem};
use crate::resolve::{Keyring, KeyringKind};
use crate::specification::{CertificateIndex, KeyIdentity};
use crate::stored::Stored;
use crate::values::SecretEpoch;

/// The credentials that many hosts need, and what it takes to make those of each.
pub struct Credentials<'a> {
    pub(super) blueprint: &'a Blueprint<'a>,
    pub(super) draft: &'a Draft,
    pub(super) key_material: &'a KeyMaterial,
    pub(super) authorities: BTreeMap<CertificateIndex, Authority>,
    pub(super) pairs: BTreeMap<Arc<str>, BTreeMap<u32, Arc<PrivateKey>>>,
    /// Revocation lists in DER, by the certificate whose key signs.
    pub(super) crls: BTreeMap<CertificateIndex, Vec<u8>>,
}

pub(super) struct Authority {
    /// None where it was made elsewhere and its key is not at hand.
    pub(super) key: Option<Arc<PrivateKey>>,
    public: PublicKey,
    name: Vec<u8>,
    /// The identifier in a certificate that was made elsewhere.
    identifier: Option<Vec<u8>>,
    pub(super) der: Vec<u8>,
    /// Set once a signature of its key was verified with the public half.
    proven: OnceLock<()>,
}

impl<'a> Credentials<'a> {
    /// Makes the credentials of authorities and the key pairs of keyrings.
    ///
    /// # Errors
    /// When one cannot be made, or is not what the lock recorded.
    pub fn prepare(
        blueprint: &'a Blueprint<'a>,
        draft: &'a Draft,
        key_material: &'a KeyMaterial,
    ) -> Result<Self, Mismatch> {
        let mut credentials = Self {
            blueprint,
            draft,
            key_material,
            authorities: BTreeMap::new(),
            pairs: BTreeMap::new(),
            crls: BTreeMap::new(),
        };
        let positions: Vec<CertificateIndex> = blueprint
            .certificates
            .indices()
            .take_while(|&i| blueprint.certificates[i].holder.is_authority())
            .collect();
        let keys: Vec<Option<Arc<PrivateKey>>> =
            positions.par_iter().map(|&i| credentials.authority_key(i)).collect();
        for (position, key) in positions.into_iter().zip(keys) {
            let authority = credentials.authority(position, key)?;
            credentials.authorities.insert(position, authority);
        }
        for keyring in blueprint.model.keyrings.values() {
            let generations = &keyring.generations.trust;
            let made: Result<Vec<_>, _> =
                generations.par_iter().map(|g| credentials.pair(keyring, *g)).collect();
            let made: BTreeMap<u32, Arc<PrivateKey>> = made?.into_iter().flatten().collect();
            credentials.imported_keys_are_there(keyring)?;
            credentials.pairs.insert(keyring.name.clone(), made);
        }
        credentials.crls = crls::signed(blueprint, |position| {
            let Authority { key, name, identifier, .. } = credentials.authorities.get(&position)?;
            Some(CrlIssuer { name, key_identifier: identifier.as_deref(), key: key.as_deref()? })
        })?;
        Ok(credentials)
    }

    /// What they are for.
    #[must_use]
    pub fn blueprint(&self) -> &'a Blueprint<'a> {
        self.blueprint
    }

    /// What was decided of them.
    #[must_use]
    pub fn draft(&self) -> &'a Draft {
        self.draft
    }

    /// The fingerprint of an authority's certificate; none of what is no authority.
    #[must_use]
    pub fn authority_digest(&self, position: CertificateIndex) -> Option<[u8; 32]> {
        self.authorities.get(&position).map(|authority| Sha256::digest(&authority.der).into())
    }

    /// The secrets that are there.
    pub fn secrets(&self) -> impl Iterator<Item = (SecretEpoch, &Secret)> {
        self.key_material.secrets.iter().map(|(name, secret)| (*name, secret))
    }

    /// The fingerprints of the authorities' certificates, by position.
    pub fn authority_digests(&self) -> impl Iterator<Item = (CertificateIndex, [u8; 32])> {
        self.authorities
            .iter()
            .map(|(position, authority)| (*position, Sha256::digest(&authority.der).into()))
    }

    /// The certificates of authorities that were made here, in PEM, by their ids: what cannot be made again
    /// without the secret.
    pub fn authority_certificates(&self) -> impl Iterator<Item = (&Arc<str>, String)> {
        let id = |position: &CertificateIndex| &self.blueprint.certificates[*position].id;
        let made_here = |position: &CertificateIndex| self.blueprint.certificates[*position].stored.is_none();
        self.authorities
            .iter()
            .filter(move |(position, _)| made_here(position))
            .map(move |(position, made)| (id(position), pem::encode("CERTIFICATE", &made.der)))
    }

    /// The digests of the public keys of keyrings: keyring, generation, digest.
    pub fn key_digests(&self) -> impl Iterator<Item = (&Arc<str>, u32, [u8; 32])> {
        let of = |(name, keys): (&'_ Arc<str>, &'_ BTreeMap<u32, Arc<PrivateKey>>)| {
            let id = &self.blueprint.model.keyrings[name].id;
            keys.iter()
                .map(move |(generation, key)| (id, *generation, key.public().sha256()))
                .collect::<Vec<_>>()
        };
        self.pairs.iter().flat_map(of)
    }

    pub(super) fn key(&self, certificate: CertificateIndex) -> Result<PrivateKey, Mismatch> {
        let made = &self.blueprint.certificates[certificate];
        let generation = self.draft.certificates[certificate].generation;
        let secret = self.secret(self.secret_of(certificate), &made.id)?;
        Ok(PrivateKey::derive(secret, &made.key_id, made.specification.key, generation))
    }

    /// A secret, for the key of `id`.
    fn secret(&self, secret: SecretEpoch, id: &Arc<str>) -> Result<&'a Secret, Mismatch> {
        self.key_material.secrets.get(&secret).ok_or_else(|| self.missing(secret, id))
    }

    fn missing(&self, secret: SecretEpoch, id: &Arc<str>) -> Mismatch {
        Mismatch::Secret { id: id.clone(), secret: self.blueprint.model.secret_label(secret) }
    }

    /// The secret that a certificate's key derives from.
    fn secret_of(&self, certificate: CertificateIndex) -> SecretEpoch {
        match self.draft.certificates[certificate].key {
            KeyIdentity::Derived { secret, .. } => secret,
            KeyIdentity::Imported { .. } | KeyIdentity::External => SecretEpoch::default(),
        }
    }

    /// The key of an authority; none where it, or its secret, is not at hand, which matters only if something
    /// has to be signed with it.
    fn authority_key(&self, position: CertificateIndex) -> Option<Arc<PrivateKey>> {
        let made = &self.blueprint.certificates[position];
        match (&made.stored, made.generation) {
            (Some(_), Some(generation)) => {
                self.key_material.imported.pairs.get(&(made.key_id.clone(), generation)).cloned()
            }
            _ => self.key(position).ok().map(Arc::new),
        }
    }

    fn authority(
        &self,
        position: CertificateIndex,
        key: Option<Arc<PrivateKey>>,
    ) -> Result<Authority, Mismatch> {
        let made = &self.blueprint.certificates[position];
        let unusable = |why: &str| Mismatch::Issue { id: made.id.clone(), why: why.to_owned() };
        let signed = match made.issuer {
            Some(issuer) => self.authorities.get(&issuer).is_some_and(|authority| authority.key.is_some()),
            None => key.is_some(),
        };
        let stored = match &made.stored {
            None if key.is_none() || !signed => Some(self.kept(position)?),
            stored => stored.as_deref(),
        };
        let (public, name, identifier, der) = match (stored, &key) {
            (Some(stored), _) => {
                let public = PublicKey::of(stored).ok_or_else(|| unusable("its key cannot be used"))?;
                (public, stored.subject.clone(), stored.subject_key_identifier.clone(), stored.der.clone())
            }
            (None, Some(key)) => {
                let name = name::encode(&made.specification.subject);
                (key.public().clone(), name, None, self.issue(position, key)?)
            }
            (None, None) => return Err(unusable("there is no key")),
        };
        self.verify(position, &der, &public)?;
        Ok(Authority { key, public, name, identifier, der, proven: OnceLock::new() })
    }

    /// The certificate beside the lock of an authority that cannot be issued again, since a secret is missing.
    fn kept(&self, position: CertificateIndex) -> Result<&'a Stored, Mismatch> {
        let (made, decision) = (&self.blueprint.certificates[position], &self.draft.certificates[position]);
        let kept = self.key_material.certificates.get(&made.id).filter(|stored| {
            decision.action == Action::Keep && decision.recorded_sha256 == Some(stored.sha256())
        });
        kept.ok_or_else(|| self.missing(self.missing_for(position), &made.id))
    }

    /// Which secret is missing to issue a certificate: that of its own key, or that of its issuer's.
    fn missing_for(&self, position: CertificateIndex) -> SecretEpoch {
        let own = self.secret_of(position);
        match self.blueprint.certificates[position].issuer {
            Some(issuer) if self.key_material.secrets.contains_key(&own) => self.secret_of(issuer),
            _ => own,
        }
    }

    /// The private key of an authority, which something needs.
    pub(super) fn signer(&self, position: CertificateIndex) -> Result<&PrivateKey, Mismatch> {
        let made = &self.blueprint.certificates[position];
        let key = self.authorities.get(&position).and_then(|authority| authority.key.as_deref());
        key.ok_or_else(|| match made.stored {
            Some(_) => {
                Mismatch::Imported { id: made.key_id.clone(), generation: made.generation.unwrap_or(1) }
            }
            None => self.missing(self.secret_of(position), &made.id),
        })
    }

    fn imported_keys_are_there(&self, keyring: &Keyring) -> Result<(), Mismatch> {
        let imported = &self.key_material.imported;
        let missing = keyring.generations.trust.iter().find(|generation| {
            let place = (keyring.id.clone(), **generation);
            let there = match keyring.kind {
                KeyringKind::Encryption(_) => imported.encryption.contains_key(&place),
                KeyringKind::KeyPair(_) => true,
                KeyringKind::BootstrapToken(_) | KeyringKind::Password(_) | KeyringKind::StaticToken(_) => {
                    imported.texts.contains_key(&place)
                }
            };
            keyring.imported.contains_key(generation) && !there
        });
        missing.map_or(Ok(()), |g| Err(Mismatch::Imported { id: keyring.id.clone(), generation: *g }))
    }

    fn pair(&self, keyring: &Keyring, generation: u32) -> Result<Option<(u32, Arc<PrivateKey>)>, Mismatch> {
        let KeyringKind::KeyPair(algorithm) = keyring.kind else { return Ok(None) };
        if keyring.imported.contains_key(&generation) {
            let key = self.key_material.imported.pairs.get(&(keyring.id.clone(), generation)).cloned();
            let missing = || Mismatch::Imported { id: keyring.id.clone(), generation };
            return key.ok_or_else(missing).map(|key| Some((generation, key)));
        }
        let Ok(secret) = self.keyring_secret(keyring, generation) else { return Ok(None) };
        let key = PrivateKey::derive(secret, &keyring.id, algorithm, generation);
        let recorded =
            self.draft.lock.keys.get(&keyring.id).and_then(|record| record.sha256.get(&generation));
        if recorded.is_some_and(|recorded| *recorded != key.public().sha256()) {
            return Err(Mismatch::Key { id: keyring.id.clone(), generation });
        }
        Ok(Some((generation, Arc::new(key))))
    }

    /// The secret that a generation of a keyring derives from.
    pub(super) fn keyring_secret(&self, keyring: &Keyring, generation: u32) -> Result<&'a Secret, Mismatch> {
        let record = self.draft.lock.keys.get(&keyring.id);
        let secret = record.map_or(keyring.secret, |record| record.secret(generation));
        self.secret(secret, &keyring.id)
    }

    /// Everything else hangs on the authorities, so what was issued or imported is read and verified against
    /// the key above it, each time.
    fn verify(&self, position: CertificateIndex, der: &[u8], own: &PublicKey) -> Result<(), Mismatch> {
        let made = &self.blueprint.certificates[position];
        let issuer = made.issuer.and_then(|issuer| self.authorities.get(&issuer));
        // Nobody asks who signed what is trusted itself (RFC 5280, 6.1): an imported root may be as old as it
        // is, and an intermediate may come without what is above it.
        if issuer.is_none() && made.stored.is_some() {
            return Ok(());
        }
        verify(der, issuer.map_or(own, |authority| &authority.public))
            .map_err(|error| Mismatch::Issue { id: made.id.clone(), why: error.to_string() })
    }

    pub(super) fn issue(&self, position: CertificateIndex, key: &PrivateKey) -> Result<Vec<u8>, Mismatch> {
        let made = &self.blueprint.certificates[position];
        let decision = &self.draft.certificates[position];
        let own = name::encode(&made.specification.subject);
        let issuer = made.issuer.and_then(|issuer| self.authorities.get(&issuer));
        let (issuer_name, signer): (&[u8], &PrivateKey) = match (made.issuer, issuer) {
            (Some(position), Some(authority)) => (&authority.name, self.signer(position)?),
            _ => (&own, key),
        };
        let issuer_key: &PublicKey = signer.public();
        let tbs = ToBeIssued {
            specification: &made.specification,
            serial: decision.serial,
            not_before: decision.not_before,
            not_after: decision.not_after,
            subject_key: key.public(),
            issuer_name,
            issuer_key,
            issuer_key_identifier: issuer.and_then(|authority| authority.identifier.as_deref()),
        };
        let der = issue(&tbs, signer)
            .map_err(|why: IssueError| Mismatch::Issue { id: made.id.clone(), why: why.to_string() })?;
        let digest: [u8; 32] = Sha256::digest(&der).into();
        match decision.recorded_sha256 {
            Some(recorded) if recorded != digest => Err(Mismatch::Recorded { id: made.id.clone() }),
            Some(_) => Ok(der),
            None if self.key_material.throw_away => Ok(der),
            // Two signatures of one message of which one is wrong give the key away: the first is checked, and
            // each later one has to be the first.
            None => check(&der, signer, issuer)
                .map(|()| der)
                .map_err(|error| Mismatch::Issue { id: made.id.clone(), why: error.to_string() }),
        }
    }
}

/// Verifies the first signature of an authority's key with its public half; once the two belong together, the private half
/// confirms the others in less time.
fn check(der: &[u8], signer: &PrivateKey, issuer: Option<&Authority>) -> Result<(), VerifyError> {
    match issuer {
        Some(issuer) if issuer.proven.get().is_some() => confirm(der, signer),
        Some(issuer) => verify(der, signer.public()).map(|()| *issuer.proven.get_or_init(|| ())),
        None => verify(der, signer.public()),
    }
}
