//! The certificates and keys that the plan wants, as the input of decisions.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::index::List;
use crate::lock::CertificateRecord;
use crate::source::Span;
use crate::specification::{CertificateIndex, Specification};
use crate::stored::Stored;
use crate::values::{Duration, KeyAlgorithm, PlainText, SecretEpoch};

/// A certificate to be. Ids are unique within a list.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its id.
    pub id: &'a Arc<str>,
    /// What it is made from.
    pub specification: &'a Specification,
    /// Its issuer, which must stand before it in the list; none: signed with its own key.
    pub issuer: Option<CertificateIndex>,
    /// Its certificate, where it was made elsewhere: it is kept as it is.
    pub stored: Option<&'a Stored>,
    /// What `import --as` calls its place, where it is a certificate of a host or a client that others made.
    pub target: Option<&'a str>,
    /// The plan whose authority it is, where that is another one.
    pub plan: Option<&'a str>,
    /// The generation that the plan decides (authorities); none: the lock decides (end entities).
    pub generation: Option<u32>,
    /// Over how much time the ends of those like it are spread: each ends earlier by a part of that.
    pub spread: Option<Duration>,
    /// Whether the cluster rotates it on its host, so that its end is nobody's matter here.
    pub rotated: bool,
    /// What its key derives from, if the lock knows nothing else.
    pub secret: SecretEpoch,
    /// Where the plan asks for it.
    pub origin: Option<Span>,
}

/// What the previous lock has of each certificate that is wanted.
pub(super) type RecordedList<'l> = List<Specification, Option<&'l CertificateRecord>>;

/// The kind of a password: one for all, so that there is never a second one to be trusted beside it.
pub(super) const PASSWORD: &str = "password";
/// The kind of a bootstrap token. The cluster has each in a Secret of its own, where the old one stays until it ends.
pub(super) const TOKEN: &str = "bootstrap-token";

/// A key pair, encryption key or password that belongs to no certificate.
#[derive(Debug, Clone, Copy)]
pub struct WantedKey<'a> {
    /// Its id.
    pub id: &'a str,
    /// `key-pair`, `encryption-key`, `password`.
    pub kind: &'a str,
    /// Of a key pair.
    pub algorithm: Option<KeyAlgorithm>,
    /// How long a generation is valid from the build on that first knows it; none: for ever.
    pub validity: Option<Duration>,
    /// Whether the lock decides its generation, so that it can be renewed like a certificate.
    pub by_lock: bool,
    /// The generation that signs or encrypts.
    pub used: u32,
    /// The generations that are accepted.
    pub trust: &'a [u32],
    /// What becomes of plain text, for keys that encrypt.
    pub plain_text: PlainText,
    /// What is encrypted, where that is not what usually is.
    pub resources: &'a [Arc<str>],
    /// How a generation encrypts, where that is not the usual way.
    pub providers: &'a BTreeMap<u32, Arc<str>>,
    /// Whether what was made with a generation lives on outside of all trees: with people, or in the cluster.
    pub outlives: bool,
    /// The digests of the generations that were made elsewhere.
    pub imported: &'a BTreeMap<u32, [u8; 32]>,
    /// What new generations derive from.
    pub secret: SecretEpoch,
    /// Where the plan asks for it.
    pub origin: Option<Span>,
}

impl WantedKey<'_> {
    /// Whether one of its generations can be trusted beside another. A password is one for all.
    pub(super) fn has_generations(&self) -> bool {
        self.kind != "password"
    }
}
