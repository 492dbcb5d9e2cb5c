//! Key pairs of every algorithm.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::derivation::Purpose;
use super::imported::KeyError;
use super::secret::Secret;
use super::{ecdsa, pem, rsa};
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

    /// The content of the BIT STRING of [`Self::spki_der`]: an uncompressed point (SEC 1, 2.3.3), or an
    /// RSAPublicKey (RFC 8017, A.1.1).
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

/// This version of derivation specifies the algorithm and this program does not have it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keys of the kind `{0}` cannot be made yet")]
pub struct UnsupportedAlgorithm(pub KeyAlgorithm);

/// A private key with its public key.
///
/// It has no `Debug`, `Clone` or `Serialize`, so that it cannot reach a log by accident, and it is
/// overwritten when it is dropped.
pub struct PrivateKey {
    public: PublicKey,
    material: Material,
}

enum Material {
    Ecdsa(ecdsa::Key),
    Rsa(Box<rsa::Key>),
}

impl PrivateKey {
    /// The key that the specification in [`derivation`](super::derivation) gives.
    ///
    /// # Errors
    /// When the program has no such keys.
    pub fn derive(
        secret: &Secret,
        id: &str,
        algorithm: KeyAlgorithm,
        generation: u32,
    ) -> Result<PrivateKey, UnsupportedAlgorithm> {
        let purpose = Purpose { kind: "key", id, algorithm: algorithm.word(), generation };
        let (material, raw, spki) = match (algorithm, algorithm.rsa_bits()) {
            (KeyAlgorithm::EcdsaP256, _) => {
                let key = ecdsa::Key::derive(secret, purpose);
                let point = key.point();
                let spki = [&ecdsa::SPKI, &*point].concat();
                (Material::Ecdsa(key), point, spki)
            }
            (_, Some(bits)) => {
                let (key, public) = rsa::Key::derive(secret, purpose, bits);
                let spki = rsa::spki(&public);
                (Material::Rsa(Box::new(key)), public, spki)
            }
            (_, None) => return Err(UnsupportedAlgorithm(algorithm)),
        };
        Ok(Self { public: PublicKey { algorithm, raw, spki }, material })
    }

    /// The key of a curve from its scalar or seed, big-endian and of full length.
    pub(super) fn from_scalar(algorithm: KeyAlgorithm, scalar: &[u8]) -> Result<Self, KeyError> {
        let KeyAlgorithm::EcdsaP256 = algorithm else {
            return Err(KeyError::Kind(format!("it is of the kind {algorithm}, which cannot be used yet")));
        };
        let scalar = scalar.try_into().map_err(|_| KeyError::Damaged)?;
        let key = ecdsa::Key::from_scalar(scalar).ok_or(KeyError::Damaged)?;
        let raw = key.point();
        let spki = [&ecdsa::SPKI, &*raw].concat();
        Ok(Self { public: PublicKey { algorithm, raw, spki }, material: Material::Ecdsa(key) })
    }

    /// An RSA key with the usual exponent; none if the modulus is not the product of these primes.
    pub(super) fn from_primes(algorithm: KeyAlgorithm, modulus: &[u8], p: &[u8], q: &[u8]) -> Option<Self> {
        let (key, raw) = rsa::Key::from_parts(modulus, p, q)?;
        let spki = rsa::spki(&raw);
        Some(Self { public: PublicKey { algorithm, raw, spki }, material: Material::Rsa(Box::new(key)) })
    }

    /// Its public key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A signature that is the same each time: ECDSA with SHA-256 in DER, its nonce from RFC 6979, or
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.material {
            Material::Ecdsa(key) => key.sign(message),
            Material::Rsa(key) => key.sign(message),
        }
    }

    /// `PRIVATE KEY`: PKCS#8 that is not encrypted (RFC 7468, 10).
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let der = match &self.material {
            Material::Ecdsa(key) => key.to_pkcs8(&self.public.raw),
            Material::Rsa(key) => key.to_pkcs8(),
        };
        pem::encode_secret("PRIVATE KEY", &der)
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

    #[test]
    fn says_what_it_cannot_make() {
        let secret = Secret::from_bytes([1; 32]);
        for algorithm in [KeyAlgorithm::EcdsaP384, KeyAlgorithm::Ed25519] {
            let error = PrivateKey::derive(&secret, "ca", algorithm, 1).err();
            assert_eq!(error, Some(UnsupportedAlgorithm(algorithm)));
        }
    }
}
