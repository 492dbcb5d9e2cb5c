//! Verifies signatures with the algorithms of certificates from any issuer.

use crypto_bigint::BoxedUint;
use p256::ecdsa::signature::Verifier as _;
use rsa::{Pkcs1v15Sign, Pss};
use sha2::{Sha256, Sha384, Sha512};

use super::algorithm::{EcdsaCurve, Hash};
use super::signed::ecdsa;

/// The largest modulus that is computed with. Go has no limit for authorities; it has this one for certificates
/// that a peer sends (crypto/tls, `defaultMaxRSAKeySize`). Twice as much bounds the work.
pub const LARGEST_MODULUS: usize = 16384;

/// The smallest modulus (Go's crypto/rsa, `checkKeySize`).
pub const SMALLEST_MODULUS: usize = 1024;

/// A public key by its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyParts {
    /// A point that is not compressed (SEC 1, 2.3.3).
    Ecdsa(EcdsaCurve, Vec<u8>),
    /// RFC 8032, 5.1.5
    Ed25519([u8; 32]),
    /// RFC 8017, 3.1
    Rsa {
        /// Big-endian, without leading zeros.
        modulus: Vec<u8>,
        /// Likewise.
        exponent: u32,
    },
}

/// How a message is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// FIPS 186-5, 6
    Ecdsa(Hash),
    /// RFC 8032
    Ed25519,
    /// RFC 8017, 8.2
    RsaPkcs1(Hash),
    /// RFC 8017, 8.1, with a salt as long as the hash
    RsaPss(Hash),
}

impl KeyParts {
    /// Whether it is a point of its curve, or of another kind of key.
    #[must_use]
    pub fn is_on_its_curve(&self) -> bool {
        match self {
            Self::Ecdsa(EcdsaCurve::P256, point) => p256::PublicKey::from_sec1_bytes(point).is_ok(),
            Self::Ecdsa(EcdsaCurve::P384, point) => p384::PublicKey::from_sec1_bytes(point).is_ok(),
            Self::Ecdsa(EcdsaCurve::P521, point) => p521::PublicKey::from_sec1_bytes(point).is_ok(),
            _ => true,
        }
    }

    /// Bits of an RSA modulus.
    #[must_use]
    pub fn modulus_bits(&self) -> Option<usize> {
        match self {
            Self::Rsa { modulus, .. } => {
                let first = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
                Some(modulus.len() * 8 - first)
            }
            _ => None,
        }
    }

    /// Whether the holder of this key has signed the message in this way.
    #[must_use]
    pub fn has_signed(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        let valid = match (self, scheme) {
            (Self::Ecdsa(curve, point), Scheme::Ecdsa(hash)) => {
                ecdsa(*curve, point, hash, message, signature)
            }
            (Self::Ed25519(key), Scheme::Ed25519) => ed25519(key, message, signature),
            (Self::Rsa { modulus, exponent }, Scheme::RsaPkcs1(hash)) => {
                rsa_key(modulus, *exponent).and_then(|key| pkcs1(&key, hash, message, signature))
            }
            (Self::Rsa { modulus, exponent }, Scheme::RsaPss(hash)) => {
                rsa_key(modulus, *exponent).and_then(|key| pss(&key, hash, message, signature))
            }
            _ => None,
        };
        valid.is_some()
    }
}

/// Without the checks of `verify_strict`, which Go lacks, too.
fn ed25519(key: &[u8; 32], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn rsa_key(modulus: &[u8], exponent: u32) -> Option<rsa::PublicKey> {
    let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)?;
    let modulus = BoxedUint::from_be_slice(modulus, bits).ok()?;
    let sizes = SMALLEST_MODULUS..=LARGEST_MODULUS;
    rsa::PublicKey::new_with_size_limits(modulus, BoxedUint::from(exponent), sizes).ok()
}

pub(super) fn pkcs1(key: &rsa::PublicKey, hash: Hash, message: &[u8], signature: &[u8]) -> Option<()> {
    let padding = match hash {
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    key.verify(padding, &hash.digest(message), signature).ok()
}

fn pss(key: &rsa::PublicKey, hash: Hash, message: &[u8], signature: &[u8]) -> Option<()> {
    let digest = hash.digest(message);
    let valid = match hash {
        Hash::Sha256 => key.verify(Pss::<Sha256>::new(), &digest, signature),
        Hash::Sha384 => key.verify(Pss::<Sha384>::new(), &digest, signature),
        Hash::Sha512 => key.verify(Pss::<Sha512>::new(), &digest, signature),
    };
    valid.ok()
}
