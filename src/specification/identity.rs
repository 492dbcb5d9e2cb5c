//! The identity of a key, which does not contain the key.

use std::fmt;
use std::str::FromStr;

use crate::values::{Invalid, KeyAlgorithm, SecretEpoch};

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyIdentity {
    /// Derived from a secret and the id of what it belongs to.
    Derived {
        /// Its kind.
        algorithm: KeyAlgorithm,
        /// How often it was replaced, counted from 1.
        generation: u32,
        /// What it derives from.
        secret: SecretEpoch,
    },
    /// Brought along.
    Imported {
        /// SHA-256 of its public key (SubjectPublicKeyInfo, DER).
        sha256: [u8; 32],
    },
    /// Never here: a request goes out and a certificate comes back.
    External,
}

impl KeyIdentity {
    /// Which generation it is, of a key that derives.
    #[must_use]
    pub fn generation(&self) -> Option<u32> {
        if let Self::Derived { generation, .. } = self { Some(*generation) } else { None }
    }
}

impl fmt::Display for KeyIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Derived { algorithm, generation, secret } => {
                write!(f, "derived {} {generation}", algorithm.word())?;
                if *secret == SecretEpoch::default() { Ok(()) } else { write!(f, " {secret}") }
            }
            Self::Imported { sha256 } => {
                f.write_str("imported sha256:")?;
                sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::External => f.write_str("external"),
        }
    }
}

impl FromStr for KeyIdentity {
    type Err = Invalid;

    /// Reads what `Display` writes, and nothing else: a lock has one way to say a thing.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let words: Vec<&str> = text.split(' ').collect();
        let identity = match words[..] {
            ["external"] => Some(Self::External),
            ["derived", algorithm, generation, ref secret @ ..] => derived(algorithm, generation, secret),
            ["imported", digest] => {
                digest.strip_prefix("sha256:").and_then(digest_of).map(|sha256| Self::Imported { sha256 })
            }
            _ => None,
        };
        identity
            .filter(|identity| {
                identity.to_string() == text && !matches!(identity, Self::Derived { generation: 0, .. })
            })
            .ok_or_else(|| {
                Invalid::new(format!("`{text}` is not the identity of a key"))
                    .help("write `derived ecdsa-p256 1`, `imported sha256:...` or `external`")
            })
    }
}

fn derived(algorithm: &str, generation: &str, secret: &[&str]) -> Option<KeyIdentity> {
    let algorithm = KeyAlgorithm::ALL.into_iter().find(|known| known.word() == algorithm)?;
    let secret = SecretEpoch::from_words(secret)?;
    Some(KeyIdentity::Derived { algorithm, generation: generation.parse().ok()?, secret })
}

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(digest)
}
