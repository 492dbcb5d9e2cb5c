//! The contents of a lock, as types.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Words;
use crate::specification::KeyIdentity;
use crate::values::{Instant, KeyAlgorithm, PlainText, SecretEpoch, Serial};

/// The newest format that this build reads, and the one that it writes.
pub const FORMAT: u32 = 1;

/// What earlier builds decided. Ids are those of artefacts: `node.master01/kubelet-client`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// 32 hexadecimal digits, random, made once; part of every serial.
    pub id: String,
    /// Which secrets made the keys; empty if the lock was made without any.
    pub secrets: BTreeMap<Arc<str>, SecretRecord>,
    /// SHA-256 of each component, profile and layout in use.
    pub catalog: BTreeMap<Arc<str>, [u8; 32]>,
    /// Certificates.
    pub certificates: BTreeMap<Arc<str>, CertificateRecord>,
    /// Key pairs, encryption keys and passwords that belong to no certificate.
    pub keys: BTreeMap<Arc<str>, KeyRecord>,
    /// What was there once; may stand beside a certificate or key of the same id that came back.
    pub tombstones: BTreeMap<Arc<str>, Tombstone>,
}

/// One secret, named but not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRecord {
    /// Counts replacements of the secret, from 1.
    pub epoch: u32,
    /// 16 hexadecimal digits that distinguish one secret from another.
    pub identity: String,
}

/// One certificate's decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Serial number.
    pub serial: Serial,
    /// First second of validity.
    pub not_before: Instant,
    /// Last second of validity.
    pub not_after: Instant,
    /// Which key it certifies.
    pub key: KeyIdentity,
    /// SHA-256 of the DER; absent until a build with keys has made it.
    pub sha256: Option<[u8; 32]>,
    /// What it was made from.
    pub specification: Words,
}

/// One key's generations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// `key-pair`, `encryption-key`, `password`: the word is the plan's.
    pub kind: String,
    /// Of key pairs.
    pub algorithm: Option<KeyAlgorithm>,
    /// The generation that signs or encrypts.
    pub used: u32,
    /// The generations that are accepted, ascending.
    pub trust: Vec<u32>,
    /// What becomes of plain text, for keys that encrypt.
    pub plain_text: PlainText,
    /// What is encrypted, where that is not what usually is.
    pub resources: Vec<String>,
    /// How a generation encrypts, where that is not the usual way.
    pub providers: BTreeMap<u32, String>,
    /// Generations that are accepted and never encrypted anything, for keys that encrypt; ascending.
    pub unused: Vec<u32>,
    /// The highest generation ever used or trusted.
    pub highest: u32,
    /// Until when a generation is valid; none: for ever.
    pub not_after: BTreeMap<u32, Instant>,
    /// The secrets that generations derive from, where that is not the default one of epoch 1.
    pub derives_from: BTreeMap<u32, SecretEpoch>,
    /// SHA-256 of the public key (SPKI) of a generation, or a keyed digest of an imported encryption key; never
    /// a plain digest of anything secret.
    pub sha256: BTreeMap<u32, [u8; 32]>,
}

/// What remains of something removed, so that its keys never come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    /// The highest generation that was in use.
    pub generation: u32,
    /// The latest end of validity of what was issued; keys have none.
    pub not_after: Option<Instant>,
}

impl Lock {
    /// An empty lock.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Notes the SHA-256 of a certificate's DER; without effect if the lock has no such certificate.
    pub fn record(&mut self, id: &str, sha256: [u8; 32]) {
        if let Some(certificate) = self.certificates.get_mut(id) {
            certificate.sha256 = Some(sha256);
        }
    }

    /// Notes the SHA-256 of a public key; without effect if the lock has no such key.
    pub fn record_key(&mut self, id: &str, generation: u32, sha256: [u8; 32]) {
        if let Some(key) = self.keys.get_mut(id) {
            key.sha256.insert(generation, sha256);
        }
    }

    /// Whether both decide the same. Fingerprints that only one of them has are no decision: a build
    /// without keys leaves them out, and they follow from the rest.
    #[must_use]
    pub fn decides_like(&self, other: &Lock) -> bool {
        self.id == other.id
            && self.secrets == other.secrets
            && self.catalog == other.catalog
            && self.tombstones == other.tombstones
            && same(&self.certificates, &other.certificates, CertificateRecord::decides_like)
            && same(&self.keys, &other.keys, KeyRecord::decides_like)
    }

    /// The decisions alone: neither fingerprints nor secrets, which a build adds.
    #[must_use]
    pub fn decisions(&self) -> Self {
        let mut lock = Self { secrets: BTreeMap::new(), ..self.clone() };
        lock.certificates.values_mut().for_each(|record| record.sha256 = None);
        lock.keys.values_mut().for_each(|record| record.sha256.clear());
        lock
    }

    /// Buries a generation. Of two burials the higher generation and the later end count.
    pub fn bury(&mut self, id: &Arc<str>, tombstone: Tombstone) {
        let grave = self.tombstones.entry(Arc::clone(id)).or_insert(tombstone);
        grave.generation = grave.generation.max(tombstone.generation);
        grave.not_after = grave.not_after.max(tombstone.not_after);
    }
}

impl CertificateRecord {
    pub(super) fn decides_like(&self, other: &Self) -> bool {
        let fingerprints = self.sha256.zip(other.sha256).is_none_or(|(a, b)| a == b);
        fingerprints
            && self.serial == other.serial
            && self.not_before == other.not_before
            && self.not_after == other.not_after
            && self.key == other.key
            && self.specification == other.specification
    }
}

impl KeyRecord {
    pub(super) fn decides_like(&self, other: &Self) -> bool {
        let fingerprint =
            |(generation, a): (&u32, &[u8; 32])| other.sha256.get(generation).is_none_or(|b| a == b);
        self.sha256.iter().all(fingerprint)
            && self.kind == other.kind
            && self.algorithm == other.algorithm
            && self.used == other.used
            && self.trust == other.trust
            && self.plain_text == other.plain_text
            && self.resources == other.resources
            && self.providers == other.providers
            && self.unused == other.unused
            && self.highest == other.highest
            && self.not_after == other.not_after
            && self.derives_from == other.derives_from
    }
}

fn same<V>(a: &BTreeMap<Arc<str>, V>, b: &BTreeMap<Arc<str>, V>, like: impl Fn(&V, &V) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|((i, x), (j, y))| i == j && like(x, y))
}
