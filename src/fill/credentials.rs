//! Issuing what a host needs and filling its sheets.

mod holes;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::ImportedKeys;
use crate::decide::Draft;
use crate::expand::{Blueprint, Holder};
use crate::issue::certificate::{IssueError, ToBeIssued, issue};
use crate::issue::key::{PrivateKey, PublicKey};
use crate::issue::secret::Secret;
use crate::issue::verify::verify;
use crate::issue::{derivation, name, pem};
use crate::render::{Content, Hole, Piece, Sheet};
use crate::resolve::{Keyring, KeyringKind};
use crate::values::hex;

/// The credentials that many hosts need, and what it takes to make those of each.
pub struct Credentials<'a> {
    blueprint: &'a Blueprint<'a>,
    draft: &'a Draft,
    secret: &'a Secret,
    imported: &'a ImportedKeys,
    authorities: BTreeMap<usize, Authority>,
    pairs: BTreeMap<Arc<str>, BTreeMap<u32, Arc<PrivateKey>>>,
}

struct Authority {
    /// None where it was made elsewhere and its key is not at hand.
    key: Option<Arc<PrivateKey>>,
    public: PublicKey,
    name: Vec<u8>,
    /// The identifier in a certificate that was made elsewhere.
    identifier: Option<Vec<u8>>,
    der: Vec<u8>,
}

/// A sheet's file, and a digest to show where the file's own would give a short secret away.
pub struct Filled {
    /// The bytes; none for folders and for what is not ours to write.
    pub bytes: Option<Zeroizing<Vec<u8>>>,
    /// A keyed digest.
    pub keyed: Option<String>,
}

/// Why credentials cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Mismatch {
    /// What was made again is not what was recorded.
    #[error("certificate `{id}` made again is not the one that the lock recorded")]
    Recorded {
        /// The certificate.
        id: Arc<str>,
    },
    /// A certificate cannot be issued.
    #[error("certificate `{id}` cannot be issued: {why}")]
    Issue {
        /// The certificate.
        id: Arc<str>,
        /// Why not.
        why: String,
    },
    /// The key of a keyring is not what was recorded.
    #[error("the key `{id}/{generation}` is not the one that the lock recorded")]
    Key {
        /// The keyring.
        id: Arc<str>,
        /// Which of its generations.
        generation: u32,
    },
    /// A key that was made elsewhere is not at hand.
    #[error("the imported key of `{id}/{generation}` is not there")]
    Imported {
        /// Whose it is: an authority or a keyring.
        id: Arc<str>,
        /// Which of its generations.
        generation: u32,
    },
}

/// A certificate with its key, made for one host.
struct Pair {
    key: PrivateKey,
    der: Vec<u8>,
}

impl<'a> Credentials<'a> {
    /// Makes the credentials of authorities and the key pairs of keyrings.
    ///
    /// # Errors
    /// When one cannot be made, or is not what the lock recorded.
    pub fn prepare(
        blueprint: &'a Blueprint<'a>,
        draft: &'a Draft,
        secret: &'a Secret,
        imported: &'a ImportedKeys,
    ) -> Result<Self, Mismatch> {
        let mut credentials =
            Self { blueprint, draft, secret, imported, authorities: BTreeMap::new(), pairs: BTreeMap::new() };
        let positions: Vec<usize> = (0..blueprint.certificates.len())
            .take_while(|&i| matches!(blueprint.certificates[i].holder, Holder::Authority(_)))
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
            credentials.encryption_keys_are_there(keyring)?;
            credentials.pairs.insert(keyring.name.clone(), made);
        }
        Ok(credentials)
    }

    /// The fingerprints of the authorities' certificates, by position.
    pub fn authority_digests(&self) -> impl Iterator<Item = (usize, [u8; 32])> {
        self.authorities
            .iter()
            .map(|(position, authority)| (*position, Sha256::digest(&authority.der).into()))
    }

    /// The certificates of authorities that were made here, in PEM, by their ids: what cannot be made again
    /// without the secret.
    pub fn authority_certificates(&self) -> impl Iterator<Item = (&Arc<str>, String)> {
        let id = |position: &usize| &self.blueprint.certificates[*position].id;
        let made_here = |position: &usize| self.blueprint.certificates[*position].stored.is_none();
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

    fn key(&self, certificate: usize) -> PrivateKey {
        let made = &self.blueprint.certificates[certificate];
        let generation = self.draft.certificates[certificate].generation;
        PrivateKey::derive(self.secret, &made.key_id, made.specification.key, generation)
    }

    /// The key of an authority; none where it was made elsewhere and is not at hand, which matters only if
    /// something has to be signed with it.
    fn authority_key(&self, position: usize) -> Option<Arc<PrivateKey>> {
        let made = &self.blueprint.certificates[position];
        match (&made.stored, made.generation) {
            (Some(_), Some(generation)) => {
                self.imported.pairs.get(&(made.key_id.clone(), generation)).cloned()
            }
            _ => Some(Arc::new(self.key(position))),
        }
    }

    fn authority(&self, position: usize, key: Option<Arc<PrivateKey>>) -> Result<Authority, Mismatch> {
        let made = &self.blueprint.certificates[position];
        let unusable = |why: &str| Mismatch::Issue { id: made.id.clone(), why: why.to_owned() };
        let (public, name, identifier, der) = match (&made.stored, &key) {
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
        Ok(Authority { key, public, name, identifier, der })
    }

    /// The private key of an authority, which something needs.
    fn signer(&self, position: usize) -> Result<&PrivateKey, Mismatch> {
        let made = &self.blueprint.certificates[position];
        let key = self.authorities.get(&position).and_then(|authority| authority.key.as_deref());
        let generation = made.generation.unwrap_or(1);
        key.ok_or_else(|| Mismatch::Imported { id: made.key_id.clone(), generation })
    }

    fn encryption_keys_are_there(&self, keyring: &Keyring) -> Result<(), Mismatch> {
        let missing = keyring.generations.trust.iter().find(|generation| {
            keyring.kind == KeyringKind::Encryption
                && keyring.imported.contains_key(generation)
                && !self.imported.encryption.contains_key(&(keyring.id.clone(), **generation))
        });
        missing.map_or(Ok(()), |g| Err(Mismatch::Imported { id: keyring.id.clone(), generation: *g }))
    }

    fn pair(&self, keyring: &Keyring, generation: u32) -> Result<Option<(u32, Arc<PrivateKey>)>, Mismatch> {
        let KeyringKind::KeyPair(algorithm) = keyring.kind else { return Ok(None) };
        if keyring.imported.contains_key(&generation) {
            let key = self.imported.pairs.get(&(keyring.id.clone(), generation)).cloned();
            let missing = || Mismatch::Imported { id: keyring.id.clone(), generation };
            return key.ok_or_else(missing).map(|key| Some((generation, key)));
        }
        let key = PrivateKey::derive(self.secret, &keyring.id, algorithm, generation);
        let recorded =
            self.draft.lock.keys.get(&keyring.id).and_then(|record| record.sha256.get(&generation));
        if recorded.is_some_and(|recorded| *recorded != key.public().sha256()) {
            return Err(Mismatch::Key { id: keyring.id.clone(), generation });
        }
        Ok(Some((generation, Arc::new(key))))
    }

    /// Everything else hangs on the authorities, so what was issued or imported is read and verified against
    /// the key above it. End entities come from the same function with the same signers.
    fn verify(&self, position: usize, der: &[u8], own: &PublicKey) -> Result<(), Mismatch> {
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

    fn issue(&self, position: usize, key: &PrivateKey) -> Result<Vec<u8>, Mismatch> {
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
        if decision.recorded_sha256.is_some_and(|recorded| recorded != digest) {
            return Err(Mismatch::Recorded { id: made.id.clone() });
        }
        Ok(der)
    }

    /// Fills the sheets of one host; also returns the fingerprints of the certificates made for it.
    ///
    /// # Errors
    /// When a certificate cannot be made, or is not what the lock recorded.
    #[allow(clippy::type_complexity, reason = "two lists that are taken apart at once")]
    pub fn fill(&self, sheets: &[Sheet]) -> Result<(Vec<Filled>, Vec<(usize, [u8; 32])>), Mismatch> {
        let mut pairs: BTreeMap<usize, Pair> = BTreeMap::new();
        for certificate in sheets.iter().flat_map(certificates) {
            if !self.authorities.contains_key(&certificate) && !pairs.contains_key(&certificate) {
                let key = self.key(certificate);
                let der = self.issue(certificate, &key)?;
                pairs.insert(certificate, Pair { key, der });
            }
        }
        for position in sheets.iter().flat_map(private).filter(|i| self.authorities.contains_key(i)) {
            self.signer(position)?;
        }
        let filled = sheets.iter().map(|sheet| self.sheet(sheet, &pairs)).collect();
        let digests =
            pairs.iter().map(|(position, pair)| (*position, Sha256::digest(&pair.der).into())).collect();
        Ok((filled, digests))
    }

    fn sheet(&self, sheet: &Sheet, pairs: &BTreeMap<usize, Pair>) -> Filled {
        let Content::Pieces(pieces) = &sheet.content else { return Filled { bytes: None, keyed: None } };
        // Room for everything, so that no secret is left behind where a buffer grew.
        let holes = pieces.iter().filter(|piece| matches!(piece, Piece::Hole(_))).count();
        let text: usize =
            pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(text + holes * 8192));
        for piece in pieces {
            match piece {
                Piece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Piece::Hole(hole) => self.hole(hole, pairs, &mut bytes),
            }
        }
        let keyed =
            sheet.content.has_short_secret().then(|| hex(&derivation::keyed_digest(self.secret, &bytes)));
        Filled { bytes: Some(bytes), keyed }
    }
}

/// The certificates that a sheet needs.
fn certificates(sheet: &Sheet) -> Vec<usize> {
    let mut found = Vec::new();
    for hole in holes(sheet) {
        match hole {
            Hole::Certificates(positions) => found.extend(positions),
            Hole::Key(position) => found.push(*position),
            _ => {}
        }
    }
    found
}

/// The certificates whose keys a sheet needs.
fn private(sheet: &Sheet) -> impl Iterator<Item = usize> {
    holes(sheet).filter_map(|hole| if let Hole::Key(position) = hole { Some(*position) } else { None })
}

fn holes(sheet: &Sheet) -> impl Iterator<Item = &Hole> {
    let pieces = if let Content::Pieces(pieces) = &sheet.content { pieces.as_slice() } else { &[] };
    pieces.iter().filter_map(|piece| match piece {
        Piece::Hole(Hole::Base64(inner)) => Some(&**inner),
        Piece::Hole(hole) => Some(hole),
        Piece::Text(_) => None,
    })
}
