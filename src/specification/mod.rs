//! The specification of a certificate: its contents as lines of words, which locks record, and a fingerprint of them.
//!
//! # Format, version 1
//!
//! A specification is written as lines in this order; each is UTF-8 without line feeds:
//!
//! | Line | Written |
//! |---|---|
//! | `subject <short name>=<value>` | once per attribute, in the order in which they are encoded |
//! | `name <DNS\|IP\|URI\|email>:<value>` | once per name, the lines sorted by their bytes |
//! | `usage <client\|server>` | once per usage, the lines sorted by their bytes |
//! | `authority` | when the certificate issues others |
//! | `path-length <n>` | when an authority limits the authorities below it |
//! | `permitted <DNS\|IP>:<value>` | once per constraint of an authority on names, the lines sorted by their bytes |
//! | `excluded <DNS\|IP>:<value>` | the same |
//! | `issuer <id>` | unless the certificate is signed with its own key |
//! | `issuer-key <key identity>` | together with `issuer` |
//! | `key <algorithm>` | always |
//! | `validity <n>s` | always, in seconds |
//!
//! A key identity is `derived <algorithm> <generation>`, `imported sha256:<64 hexadecimal digits>` or `external`. A
//! derived one ends in ` secret <name>` unless that is `default`, and then in ` epoch <n>` unless that is 1.
//!
//! The specification of an imported authority has three lines: `subject` with the whole subject, `certificate
//! sha256:...` and `signs-as sha256:...`. That of another imported certificate has the lines above and then
//! `certificate sha256:...`.
//!
//! Paths, hosts and origins are not part of a specification: moving a file reissues nothing.
//!
//! What a later version adds writes no line at its default, and that default never changes. This keeps the lines, and
//! with them the certificates, of plans that do not use the addition.

mod crl;
mod difference;
mod identity;
mod serial;
mod spread;
mod word;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::index::Index;
use crate::values::{AlternativeName, Duration, KeyAlgorithm, NameConstraint, Sorted, Subject, Usage};

pub use crl::{Crl, CrlEncoding, Reason, Revoked};
pub use difference::{Difference, Field, differences};
pub use identity::KeyIdentity;
pub use serial::serial;
pub use spread::spread_of;
pub use word::Word;

/// The first line under the fingerprint. It changes only together with the meaning of a line.
const VERSION: &str = "pkiplan specification 1";

/// Which certificate of a build. What is wanted, decided and made of it stands at one position.
pub type CertificateIndex = Index<Specification>;

/// A certificate to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specification {
    /// Whom it names.
    pub subject: Subject,
    /// Its alternative names.
    pub names: Sorted<AlternativeName>,
    /// Its extended key usages.
    pub usages: Sorted<Usage>,
    /// Present when it issues other certificates, which few do.
    pub authority: Option<Box<AuthorityConstraints>>,
    /// Who signs it.
    pub issuer: Issuer,
    /// The kind of its key.
    pub key: KeyAlgorithm,
    /// From not-before to not-after.
    pub validity: Duration,
}

/// What an authority may issue (RFC 5280, 4.2.1.9 and 4.2.1.10).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorityConstraints {
    /// How many authorities can stand between it and an end entity; none: any number.
    pub path_length: Option<u8>,
    /// The names that it may certify; of a kind that does not occur, any.
    pub permitted: BTreeSet<NameConstraint>,
    /// The names that it may not certify.
    pub excluded: BTreeSet<NameConstraint>,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issuer {
    /// The certificate's own key.
    Own,
    /// An authority. Its *key* is part of the specification and its certificate is not: a new key
    /// reaches everything below, a renewal with the same key nothing.
    Authority {
        /// The authority's id, such as `authority.kubernetes`.
        id: Arc<str>,
        /// The key that signs.
        key: KeyIdentity,
    },
}

impl Specification {
    /// The lines, as described at the head of this module.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let attributes = self.subject.attributes().map(|(kind, value)| format!("{}={value}", kind.short()));
        let mut lines: Vec<String> = attributes.map(|attribute| Word::Subject.line(attribute)).collect();
        lines.extend(sorted(&Word::Name, &self.names));
        lines.extend(sorted(&Word::Usage, &self.usages));
        if let Some(constraints) = &self.authority {
            lines.push(Word::Authority.to_string());
            lines.extend(constraints.path_length.map(|length| Word::PathLength.line(length)));
            lines.extend(sorted(&Word::Permitted, &constraints.permitted));
            lines.extend(sorted(&Word::Excluded, &constraints.excluded));
        }
        if let Issuer::Authority { id, key } = &self.issuer {
            lines.push(Word::Issuer.line(id));
            lines.push(Word::IssuerKey.line(key));
        }
        lines.push(Word::Key.line(self.key.word()));
        lines.push(Word::Validity.line(format_args!("{}s", self.validity.seconds())));
        lines
    }
}

/// One line per member, sorted by bytes: an order that does not hang on how a type compares.
fn sorted<'m, T: Display + 'm>(word: &Word, members: impl IntoIterator<Item = &'m T>) -> Vec<String> {
    let mut lines: Vec<String> = members.into_iter().map(|member| word.line(member)).collect();
    lines.sort_unstable();
    lines
}

/// SHA-256 of `pkiplan specification 1` and the lines, each ended by a line feed.
#[must_use]
pub fn fingerprint<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(VERSION.as_bytes());
    hash.update(b"\n");
    for line in words {
        hash.update(line.as_ref().as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
