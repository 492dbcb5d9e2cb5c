//! Certificate authorities of the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::generations::Generations;
use super::sourced::Sourced;
use crate::index::{Index, List};
use crate::source::{Span, Spanned};
use crate::specification::{Crl, KeyIdentity};
use crate::stored::Stored;
use crate::values::{Duration, KeyAlgorithm, NameConstraint, SecretEpoch, Subject};

/// Which authority.
pub type AuthorityIndex = Index<Authority>;

/// A certificate authority.
#[derive(Debug)]
pub struct Authority {
    /// Its name.
    pub name: Arc<str>,
    /// `authority.NAME`, or that of `was`: what its keys derive from.
    pub id: Arc<str>,
    /// The purposes it serves.
    pub serves: Vec<Arc<str>>,
    /// The authority above it; none: a root.
    pub issuer: Option<AuthorityIndex>,
    /// Its subject.
    pub subject: Subject,
    /// Its kind of key.
    pub key: KeyAlgorithm,
    /// The kind of key of what it issues.
    pub issued_key: KeyAlgorithm,
    /// How long it is valid.
    pub own: Sourced<Duration>,
    /// How long what it issues is valid.
    pub issued: Sourced<Duration>,
    /// Over how much time the ends of what it issues are spread.
    pub spread: Option<Spanned<Duration>>,
    /// How many authorities may follow below it.
    pub path_length: Option<u8>,
    /// What names it may certify.
    pub constraints: Constraints,
    /// What its revocation lists say, where it has any.
    pub crl: Option<Spanned<Crl>>,
    /// Its keys.
    pub generations: Generations,
    /// The generations that were made elsewhere.
    pub imported: BTreeMap<u32, ImportedAuthority>,
    /// What the others derive from.
    pub secret: SecretEpoch,
    /// Its table, in the plan or in the profile.
    pub origin: Span,
}

impl Authority {
    /// The key of a generation, without the key.
    #[must_use]
    pub fn key_identity(&self, generation: u32) -> KeyIdentity {
        match self.imported.get(&generation) {
            Some(imported) => KeyIdentity::Imported { sha256: imported.certificate.key_sha256() },
            None => KeyIdentity::Derived { algorithm: self.key, generation, secret: self.secret },
        }
    }

    /// Its subject as people read it: of what was made elsewhere as it stands there.
    #[must_use]
    pub fn subject_text(&self) -> String {
        match self.imported.get(&self.generations.used) {
            Some(imported) => imported.certificate.subject_text.clone(),
            None => self.subject.to_string(),
        }
    }

    /// Over how much time the ends of what it issues are spread.
    #[must_use]
    pub fn spread(&self) -> Option<Duration> {
        self.spread.as_ref().map(|spread| spread.value)
    }
}

/// The root above an authority, itself if it is one.
pub(in crate::resolve) fn root_of(
    authorities: &List<Authority>,
    mut authority: AuthorityIndex,
) -> AuthorityIndex {
    while let Some(above) = authorities[authority].issuer {
        authority = above;
    }
    authority
}

/// A generation of an authority that was made elsewhere.
#[derive(Debug, Clone)]
pub struct ImportedAuthority {
    /// Its certificate, which is used as it is.
    pub certificate: Arc<Stored>,
    /// Where the plan says which it is.
    pub origin: Span,
}

/// What names an authority may certify (RFC 5280, 4.2.1.10).
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// Only these; of a kind that does not occur, any.
    pub permitted: Vec<Spanned<NameConstraint>>,
    /// Not these.
    pub excluded: Vec<Spanned<NameConstraint>>,
}
