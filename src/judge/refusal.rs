//! The reasons why a path is refused, as data; a report turns them into text.

use std::fmt;

use super::malformed::Malformed;
use crate::values::Instant;

/// A certificate, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the chain as it is sent; 0 is the leaf.
    Sent(usize),
    /// Among the roots as they were given.
    Root(usize),
}

/// Why a chain is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No certificate is sent.
    #[error("no certificate is sent")]
    Nothing,
    /// Go cannot read one that is sent, even one that is not needed.
    #[error("{place} cannot be read: {what}")]
    Malformed {
        /// Which one.
        place: Place,
        /// What of it.
        what: Malformed,
    },
    /// One that is sent has an RSA key above 8192 bits (crypto/tls).
    #[error("{place} has an RSA key of {bits} bits, and TLS takes 8192 at most")]
    LargeKey {
        /// Which one.
        place: Place,
        /// Of its modulus.
        bits: usize,
    },
    /// The leaf itself breaks a rule.
    #[error("the leaf {0}")]
    Leaf(Fault),
    /// The leaf's key cannot sign a handshake.
    #[error("the leaf's key cannot sign a TLS handshake")]
    LeafKey,
    /// None of the leaf's names is the one that was dialled.
    #[error("the certificate has no SAN for the name that the client connects to")]
    Name,
    /// No path leads to a root.
    #[error("no path leads to a root")]
    UnknownAuthority {
        /// The certificate for which no issuer was found.
        of: Place,
        /// What was wrong with the first one that has the issuer's name, if there was one.
        because: Option<(Place, Fault)>,
    },
    /// Paths lead to roots, but none is for this purpose.
    #[error("extended key usages of the path do not allow this purpose")]
    Usage,
    /// Paths lead to roots, but names on them are not allowed.
    #[error("a name of {of} is not allowed by the name constraints of {by}")]
    NameConstraint {
        /// Whose name.
        of: Place,
        /// Whose constraints.
        by: Place,
        /// What is wrong with it.
        what: ConstraintFault,
    },
    /// Paths lead to roots, but their certificate policies are not valid.
    #[error("the path has no valid certificate policy, and one is required")]
    Policy,
    /// Paths lead to roots, but a key on them is one that Go refuses by its digest.
    #[error("a key of the path is known to be compromised")]
    Distrusted,
    /// After Go's budget of 100 signatures.
    #[error("more than 100 signatures would have to be checked")]
    Budget,
}

/// What is wrong with one certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An extension that has to be understood (RFC 5280, 4.2), by the content of its OID.
    #[error("has a critical extension that is not understood")]
    Critical(Vec<u8>),
    /// None where it is after the year 9999.
    #[error("is not yet valid")]
    NotYetValid(Option<Instant>),
    /// None where it was before 1970.
    #[error("has expired")]
    Expired(Option<Instant>),
    /// RFC 5280, 4.2.1.9
    #[error("is not an authority")]
    NotAnAuthority,
    /// RFC 5280, 4.2.1.3
    #[error("may not sign certificates")]
    KeyUsage,
    /// RFC 5280, 4.2.1.9, where Go counts self-issued ones, too.
    #[error("allows {limit} authorities below it, and there are {found}")]
    PathLength {
        /// The constraint.
        limit: u64,
        /// How many there are.
        found: usize,
    },
    /// It did not sign.
    #[error("did not sign: {0}")]
    Signature(SignatureFault),
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// MD5 or SHA-1.
    #[error("the signature's hash is MD5 or SHA-1")]
    Weak,
    /// The algorithm is for another kind of key.
    #[error("the signature is for another kind of key")]
    OtherKind,
    /// An RSA key below 1024 bits.
    #[error("an RSA key of {bits} bits is too small")]
    SmallKey {
        /// Of its modulus.
        bits: usize,
    },
    /// Algorithm or key that is not verified with.
    #[error("the algorithm or the kind of key is not supported")]
    Unsupported,
    /// Another has signed, or what is signed was changed.
    #[error("the signature is another's")]
    Wrong,
}

/// Why a name is not allowed (RFC 5280, 4.2.1.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintFault {
    /// There are permitted names of its kind, and it is none of them.
    NotPermitted,
    /// It is excluded.
    Excluded,
    /// It is malformed, so that nothing can be said.
    Unreadable,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent(0) => f.write_str("the leaf"),
            Self::Sent(at) => write!(f, "certificate {} of the chain", at + 1),
            Self::Root(at) => write!(f, "root {}", at + 1),
        }
    }
}
