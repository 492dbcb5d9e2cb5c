//! Ed25519 (RFC 8032).

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::derivation::Purpose;
use super::secret::Secret;

/// A SubjectPublicKeyInfo up to the key (RFC 8410, 4).
pub(super) const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// A PKCS#8 PrivateKeyInfo up to the seed (RFC 8410, 7), without the public key, as OpenSSL and Go write it.
const PKCS8_SEED: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A private key. The crate's type overwrites itself when it is dropped; it stays where it is when the key is moved.
pub(super) struct Key(Box<SigningKey>);

impl Key {
    pub(super) fn derive(secret: &Secret, purpose: Purpose<'_>) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        purpose.expand(secret, 0, &mut *seed);
        Self::from_seed(&seed)
    }

    /// The seed of RFC 8032, 5.1.5.
    pub(super) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Box::new(SigningKey::from_bytes(seed)))
    }

    /// The public key: RFC 8032, 5.1.5.
    pub(super) fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_bytes().to_vec()
    }

    /// The signature of RFC 8032, 5.1.6, which draws nothing.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_bytes().to_vec()
    }

    pub(super) fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let mut der = Zeroizing::new(Vec::with_capacity(48));
        der.extend_from_slice(&PKCS8_SEED);
        der.extend_from_slice(self.0.as_bytes());
        der
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex<const N: usize>(text: &str) -> [u8; N] {
        std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
    }

    /// RFC 8032, 7.1: seed, public key, message, signature.
    #[test]
    fn signs_as_rfc_8032() {
        let vectors: [(&str, &str, &[u8], &str); 3] = [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                &[],
                concat!(
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555",
                    "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
                ),
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                &[0x72],
                concat!(
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
                ),
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                &[0xaf, 0x82],
                concat!(
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
                    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
                ),
            ),
        ];
        for (seed, public, message, signature) in vectors {
            let key = Key::from_seed(&unhex(seed));
            assert_eq!(key.public(), unhex::<32>(public));
            assert_eq!(key.sign(message), unhex::<64>(signature));
            assert_eq!((key.to_pkcs8().len(), key.to_pkcs8().capacity()), (48, 48));
        }
    }
}
