//! ECDSA on P-256.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use zeroize::Zeroizing;

use super::derivation::Purpose;
use super::secret::Secret;

/// A SubjectPublicKeyInfo up to the point: id-ecPublicKey, prime256v1 (RFC 5480, 2.1.1).
pub(super) const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// A PKCS#8 PrivateKeyInfo up to the scalar (RFC 5208, 5; RFC 5915, 3), as OpenSSL and Go write it: the inner
/// key does not repeat the curve.
const PKCS8_SCALAR: [u8; 36] = [
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01,
    0x04, 0x20,
];
/// What stands between the scalar and the point.
const PKCS8_POINT: [u8; 5] = [0xa1, 0x44, 0x03, 0x42, 0x00];

/// A private key. The crate's type overwrites itself when it is dropped.
pub(super) struct Key(SigningKey);

impl Key {
    pub(super) fn derive(secret: &Secret, purpose: Purpose<'_>) -> Self {
        let mut block = Zeroizing::new([0; 32]);
        (0..)
            .find_map(|counter| {
                purpose.expand(secret, counter, &mut *block);
                Self::from_scalar(&block)
            })
            .expect("one block in 2^32 is not a scalar")
    }

    /// `None` for zero and for what is not below the order of the base point.
    pub(super) fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(scalar).ok().map(Self)
    }

    /// The point: SEC 1, 2.3.3, not compressed.
    pub(super) fn point(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// With the nonce of RFC 6979, 3.2, as `Ecdsa-Sig-Value` (RFC 3279, 2.2.3).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_der().as_bytes().to_vec()
    }

    /// `point` is that of this key: computing it again would double the time of a key.
    pub(super) fn to_pkcs8(&self, point: &[u8]) -> Zeroizing<Vec<u8>> {
        let scalar = Zeroizing::new(self.0.to_bytes());
        let mut der = Zeroizing::new(Vec::with_capacity(138));
        der.extend_from_slice(&PKCS8_SCALAR);
        der.extend_from_slice(&scalar);
        der.extend_from_slice(&PKCS8_POINT);
        der.extend_from_slice(point);
        der
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex<const N: usize>(text: &str) -> [u8; N] {
        std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
    }

    /// RFC 6979, A.2.5: the key, and the signature of "sample" with SHA-256.
    #[test]
    fn signs_as_rfc_6979() {
        let key =
            Key::from_scalar(&unhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"));
        let key = key.unwrap();
        let point = key.point();
        assert_eq!(point[0], 4);
        assert_eq!(
            point[1..33],
            unhex::<32>("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6")
        );
        assert_eq!(
            point[33..],
            unhex::<32>("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")
        );
        let r = unhex::<32>("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716");
        let s = unhex::<32>("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
        // Both have their highest bit set, so DER writes a zero before them.
        let expected = [&[0x30, 0x46, 0x02, 0x21, 0x00], &r[..], &[0x02, 0x21, 0x00], &s[..]].concat();
        assert_eq!(key.sign(b"sample"), expected);
        assert_eq!(key.to_pkcs8(&point).len(), 138);
    }

    #[test]
    fn scalars_are_between_zero_and_the_order() {
        let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
        assert!(Key::from_scalar(&[0; 32]).is_none());
        assert!(Key::from_scalar(&unhex(order)).is_none());
        assert!(Key::from_scalar(&unhex(&order.replace("2551", "2550"))).is_some());
        assert!(Key::from_scalar(&[0xff; 32]).is_none());
    }
}
