//! Public and private keys of every algorithm.

use p256::NistP256;
use p384::NistP384;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::curve::Curve;
use super::derivation::Purpose;
use super::key_error::KeyError;
use super::secret::Secret;
use super::stack::wiped;
use super::{ecdsa, ed25519, pem, rsa};
use crate::stored::Stored;
use crate::values::KeyAlgorithm;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    raw: Vec<u8>,
    spki: Vec<u8>,
}

impl PublicKey {
    /// The key of a certificate; none if it is of a kind that pkiplan does not have.
    #[must_use]
    pub fn of(certificate: &Stored) -> Option<Self> {
        let (raw, spki) = (certificate.public_key.clone(), certificate.spki.clone());
        Some(Self { algorithm: certificate.key?, raw, spki })
    }

    /// Its kind.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The content of the BIT STRING of [`Self::spki_der`]: an uncompressed point (SEC 1, 2.3.3), the 32 bytes
    /// of Ed25519 (RFC 8410, 4), or an RSAPublicKey (RFC 8017, A.1.1).
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
    #[must_use]
    pub fn spki_der(&self) -> Vec<u8> {
        self.spki.clone()
    }

    /// The leftmost 160 bits of SHA-256 of the BIT STRING's content (RFC 7093, 2, method 1).
    #[must_use]
    pub fn key_identifier(&self) -> [u8; 20] {
        let digest: [u8; 32] = Sha256::digest(&self.raw).into();
        std::array::from_fn(|i| digest[i])
    }

    /// `PUBLIC KEY` (RFC 7468, 13).
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.spki)
    }

    /// SHA-256 of the SubjectPublicKeyInfo, as `kubeadm` pins a CA.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.spki).into()
    }
}

/// A private key with its public key.
///
/// It has no `Debug`, `Clone` or `Serialize`, so that it cannot reach a log by accident, and it is
/// overwritten when it is dropped.
pub struct PrivateKey {
    public: PublicKey,
    material: Material,
}

enum Material {
    P256(ecdsa::Key<NistP256>),
    P384(ecdsa::Key<NistP384>),
    Ed25519(ed25519::Key),
    Rsa(Box<rsa::Key>),
}

impl PrivateKey {
    /// The key that the specification in [`derivation`](super::derivation) gives.
    #[must_use]
    pub fn derive(secret: &Secret, id: &str, algorithm: KeyAlgorithm, generation: u32) -> PrivateKey {
        let purpose = Purpose { kind: "key", id, algorithm: algorithm.word(), generation };
        wiped(|| Self::derive_for(secret, algorithm, purpose))
    }

    fn derive_for(secret: &Secret, algorithm: KeyAlgorithm, purpose: Purpose<'_>) -> Self {
        let rsa = |bits| Self::of_rsa(algorithm, rsa::Key::derive(secret, purpose, bits));
        match algorithm {
            KeyAlgorithm::EcdsaP256 => {
                Self::of_curve(algorithm, ecdsa::Key::derive(secret, purpose), Material::P256)
            }
            KeyAlgorithm::EcdsaP384 => {
                Self::of_curve(algorithm, ecdsa::Key::derive(secret, purpose), Material::P384)
            }
            KeyAlgorithm::Ed25519 => Self::of_seed(ed25519::Key::derive(secret, purpose)),
            KeyAlgorithm::Rsa2048 => rsa(2048),
            KeyAlgorithm::Rsa3072 => rsa(3072),
            KeyAlgorithm::Rsa4096 => rsa(4096),
        }
    }

    fn of_curve<C: Curve>(
        algorithm: KeyAlgorithm,
        key: ecdsa::Key<C>,
        material: fn(ecdsa::Key<C>) -> Material,
    ) -> Self {
        let raw = key.point();
        let spki = [C::SPKI, &raw].concat();
        Self { public: PublicKey { algorithm, raw, spki }, material: material(key) }
    }

    fn of_seed(key: ed25519::Key) -> Self {
        let raw = key.public();
        let spki = [&ed25519::SPKI, &*raw].concat();
        let public = PublicKey { algorithm: KeyAlgorithm::Ed25519, raw, spki };
        Self { public, material: Material::Ed25519(key) }
    }

    fn of_rsa(algorithm: KeyAlgorithm, (key, raw): (rsa::Key, Vec<u8>)) -> Self {
        let spki = rsa::spki(&raw);
        Self { public: PublicKey { algorithm, raw, spki }, material: Material::Rsa(Box::new(key)) }
    }

    /// The key of a curve from its scalar or seed, big-endian and of full length.
    pub(super) fn from_scalar(algorithm: KeyAlgorithm, scalar: &[u8]) -> Result<Self, KeyError> {
        let known = match algorithm {
            KeyAlgorithm::EcdsaP256 => {
                ecdsa::Key::from_scalar(scalar).map(|key| Self::of_curve(algorithm, key, Material::P256))
            }
            KeyAlgorithm::EcdsaP384 => {
                ecdsa::Key::from_scalar(scalar).map(|key| Self::of_curve(algorithm, key, Material::P384))
            }
            KeyAlgorithm::Ed25519 => {
                scalar.try_into().ok().map(|seed| Self::of_seed(ed25519::Key::from_seed(seed)))
            }
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => None,
        };
        known.ok_or(KeyError::Damaged)
    }

    /// An RSA key with the usual exponent; none if the modulus is not the product of these primes.
    pub(super) fn from_primes(algorithm: KeyAlgorithm, modulus: &[u8], p: &[u8], q: &[u8]) -> Option<Self> {
        rsa::Key::from_parts(modulus, p, q).map(|parts| Self::of_rsa(algorithm, parts))
    }

    /// Its public key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A signature that is the same each time: ECDSA in DER with SHA-256 or SHA-384, its nonce from RFC 6979;
    /// Ed25519; or RSASSA-PKCS1-v1_5 with SHA-256.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        wiped(|| match &self.material {
            Material::P256(key) => key.sign(message),
            Material::P384(key) => key.sign(message),
            Material::Ed25519(key) => key.sign(message),
            Material::Rsa(key) => key.sign(message),
        })
    }

    /// Whether this key has made the ECDSA signature, with its curve's own digest. No other kind of key says so.
    pub(super) fn confirms(&self, message: &[u8], signature: &[u8]) -> bool {
        wiped(|| match &self.material {
            Material::P256(key) => key.confirms(message, signature),
            Material::P384(key) => key.confirms(message, signature),
            Material::Ed25519(_) | Material::Rsa(_) => false,
        })
    }

    /// `PRIVATE KEY`: PKCS#8 that is not encrypted (RFC 7468, 10).
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        wiped(|| pem::encode_secret("PRIVATE KEY", &self.pkcs8()))
    }

    /// PKCS#8 that is not encrypted (RFC 5958, 2).
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        wiped(|| self.pkcs8())
    }

    fn pkcs8(&self) -> Zeroizing<Vec<u8>> {
        match &self.material {
            Material::P256(key) => key.to_pkcs8(&self.public.raw),
            Material::P384(key) => key.to_pkcs8(&self.public.raw),
            Material::Ed25519(key) => key.to_pkcs8(),
            Material::Rsa(key) => key.to_pkcs8(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<PrivateKey>();
        shared::<PublicKey>();
        shared::<Secret>();
    }
}
