//! ECDSA on P-256 and P-384.
//!
//! The arithmetic is that of the crates. The few lines of the signature itself are in this file, so that another
//! implementation can multiply the base point without changing the signature.

use p256::elliptic_curve::ff::{Field as _, PrimeField as _};
use p256::elliptic_curve::ops::{Invert as _, Reduce};
use p256::elliptic_curve::{FieldBytes, NonZeroScalar, Scalar};
use rfc6979::KGenerator;
use sha2::Digest as _;
use zeroize::Zeroizing;

use super::base_point::multiply;
use super::curve::Curve;
use super::der::{self, element, integer};
use super::derivation::Purpose;
use super::secret::Secret;
use crate::values::der::{Element, only};

/// A private key: a scalar from 1 to the order of the base point. It stays where it is when the key is moved.
pub(super) struct Key<C: Curve>(Box<Zeroizing<NonZeroScalar<C>>>);

impl<C: Curve> Key<C> {
    pub(super) fn derive(secret: &Secret, purpose: Purpose<'_>) -> Self {
        let mut block = Zeroizing::new(FieldBytes::<C>::default());
        (0..)
            .find_map(|counter| {
                purpose.expand(secret, counter, &mut block);
                Self::from_scalar(&block)
            })
            .expect("one block in 2^32 is not a scalar")
    }

    /// `None` for zero, for what is not below the order of the base point, and for another length.
    pub(super) fn from_scalar(scalar: &[u8]) -> Option<Self> {
        NonZeroScalar::try_from(scalar).ok().map(|scalar| Self(Box::new(Zeroizing::new(scalar))))
    }

    /// The point: SEC 1, 2.3.3, not compressed.
    pub(super) fn point(&self) -> Vec<u8> {
        multiply(&**self.0)
    }

    /// The signature of RFC 6979, 3.2, with the curve's digest, as `Ecdsa-Sig-Value` (RFC 3279, 2.2.3).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = C::Digest::digest(message);
        let z = reduce::<C>(&digest);
        let secret = Zeroizing::new(self.0.to_repr());
        let order = C::ORDER;
        let mut nonces = KGenerator::<C::Digest, C::Uint>::new(&secret, &digest, &[], &order);
        let mut nonce = Zeroizing::new(FieldBytes::<C>::default());
        loop {
            nonces.fill_next_k(&mut nonce);
            let k = NonZeroScalar::<C>::from_repr(*nonce).into_option();
            let k = Zeroizing::new(k.expect("a nonce is below the order and not zero"));
            let r = reduce::<C>(x(&multiply(&*k)));
            let s = *k.invert() * (z + r * ***self.0);
            if !bool::from(r.is_zero() | s.is_zero()) {
                return encoded::<C>(&r, &s);
            }
        }
    }

    /// Whether this key has made the signature, by the equation of SEC 1, 4.1.4. Who has the private key finds the nonce's point
    /// with one multiple of the base point; everybody else needs one of the public key, too, which takes longer.
    pub(super) fn confirms(&self, message: &[u8], signature: &[u8]) -> bool {
        let Some([r, s]) = numbers::<C>(signature) else { return false };
        let z = reduce::<C>(&C::Digest::digest(message));
        // How long that takes says something of `s` alone, which is in the certificate.
        let k = Zeroizing::new(*s.invert_vartime() * (z + *r * ***self.0));
        let k = NonZeroScalar::<C>::new(*k).into_option().map(Zeroizing::new);
        k.is_some_and(|k| reduce::<C>(x(&multiply(&*k))) == *r)
    }

    /// `point` is that of this key: computing it again would double the time of a key.
    pub(super) fn to_pkcs8(&self, point: &[u8]) -> Zeroizing<Vec<u8>> {
        let scalar = Zeroizing::new(self.0.to_repr());
        let parts = [C::PKCS8_SCALAR, &scalar, C::PKCS8_POINT, point];
        let mut der = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
        parts.iter().for_each(|part| der.extend_from_slice(part));
        der
    }
}

/// The x coordinate of a point that is not compressed: after the byte that says so, x and y are equally long.
fn x(point: &[u8]) -> &[u8] {
    &point[1..=point.len() / 2]
}

/// The numbers of an `Ecdsa-Sig-Value`, from 1 to the order, in its only DER.
fn numbers<C: Curve>(signature: &[u8]) -> Option<[NonZeroScalar<C>; 2]> {
    let parts = only(signature)?.parts(der::SEQUENCE)?;
    let [r, s] = parts.as_slice() else { return None };
    let scalar = |number: &Element<'_>| {
        let mut bytes = FieldBytes::<C>::default();
        let digits = number.content.strip_prefix(&[0]).unwrap_or(number.content);
        let start = bytes.len().checked_sub(digits.len())?;
        bytes[start..].copy_from_slice(digits);
        NonZeroScalar::<C>::from_repr(bytes).into_option()
    };
    let numbers = [scalar(r)?, scalar(s)?];
    (encoded::<C>(&numbers[0], &numbers[1]) == signature).then_some(numbers)
}

/// The `Ecdsa-Sig-Value` of two numbers (RFC 3279, 2.2.3).
fn encoded<C: Curve>(r: &Scalar<C>, s: &Scalar<C>) -> Vec<u8> {
    element(der::SEQUENCE, &[&integer(&r.to_repr()), &integer(&s.to_repr())])
}

/// A big-endian integer as long as the order, modulo the order.
fn reduce<C: Curve>(bytes: &[u8]) -> Scalar<C> {
    let bytes = FieldBytes::<C>::try_from(bytes).expect("digests and coordinates are as long as the order");
    Scalar::<C>::reduce(&bytes)
}

#[cfg(test)]
mod tests {
    use p256::NistP256;
    use p256::ecdsa::signature::Signer as _;
    use p384::NistP384;

    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// A key of RFC 6979, its point, and `r` and `s` of two messages with the curve's own digest.
    fn agrees<C: Curve>(scalar: &str, point: [&str; 2], signatures: [(&str, [&str; 2]); 2]) {
        let key = Key::<C>::from_scalar(&unhex(scalar)).unwrap();
        assert_eq!(key.point(), [vec![4], unhex(point[0]), unhex(point[1])].concat());
        for (message, numbers) in signatures {
            let [r, s] = numbers.map(|number| integer(&unhex(number)));
            let signature = element(der::SEQUENCE, &[&r, &s]);
            assert_eq!(key.sign(message.as_bytes()), signature, "{message}");
            confirms_nothing_else(&key, message.as_bytes(), &signature);
        }
        assert_eq!(key.to_pkcs8(&key.point()).capacity(), key.to_pkcs8(&key.point()).len());
    }

    fn confirms_nothing_else<C: Curve>(key: &Key<C>, message: &[u8], signature: &[u8]) {
        assert!(key.confirms(message, signature));
        for at in 0..signature.len() {
            for bit in (0..8).map(|bit| 1 << bit) {
                let mut other = signature.to_vec();
                other[at] ^= bit;
                assert!(!key.confirms(message, &other), "byte {at} bit {bit}");
            }
        }
        assert!(!key.confirms(b"another message", signature));
        let other = Key::<C>::from_scalar(&[vec![0; key.0.to_repr().len() - 1], vec![3]].concat()).unwrap();
        assert!(!other.confirms(message, signature));
        // The same numbers, but not in the fewest bytes; one that is missing, one too many, zero.
        let parts = only(signature).unwrap().parts(der::SEQUENCE).unwrap();
        let [r, s] = [parts[0], parts[1]].map(|part| part.whole);
        let long = element(r[0], &[&[0, 0], parts[0].content]);
        for parts in [&[&long[..], s][..], &[r], &[r, s, s], &[r, &integer(&[0])], &[&integer(&[0]), s]] {
            assert!(!key.confirms(message, &element(der::SEQUENCE, parts)));
        }
        let content = only(signature).unwrap().content;
        assert!(
            !key.confirms(message, &[&[der::SEQUENCE, 0x82, 0, content.len() as u8][..], content].concat())
        );
        assert!(!key.confirms(message, &signature[1..]) && !key.confirms(message, &[]));
    }

    /// RFC 6979, A.2.5.
    #[test]
    fn signs_on_p256_as_rfc_6979() {
        agrees::<NistP256>(
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
            [
                "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
                "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
            ],
            [
                (
                    "sample",
                    [
                        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
                    ],
                ),
                (
                    "test",
                    [
                        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
                        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
                    ],
                ),
            ],
        );
    }

    /// RFC 6979, A.2.6.
    #[test]
    fn signs_on_p384_as_rfc_6979() {
        agrees::<NistP384>(
            concat!(
                "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8",
                "96D5724E4C70A825F872C9EA60D2EDF5"
            ),
            [
                concat!(
                    "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64",
                    "DEF8F0EA9055866064A254515480BC13"
                ),
                concat!(
                    "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1",
                    "288B231C3AE0D4FE7344FD2533264720"
                ),
            ],
            [
                (
                    "sample",
                    [
                        concat!(
                            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C",
                            "81A648152E44ACF96E36DD1E80FABE46"
                        ),
                        concat!(
                            "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F",
                            "A329C145786E679E7B82C71A38628AC8"
                        ),
                    ],
                ),
                (
                    "test",
                    [
                        concat!(
                            "8203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36AB775D509D7A5FEB",
                            "0542A7F0812998DA8F1DD3CA3CF023DB"
                        ),
                        concat!(
                            "DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B827C2F13173923E0",
                            "6A739F040649A667BF3B828246BAA5A5"
                        ),
                    ],
                ),
            ],
        );
    }

    /// The crates' own signers multiply without the back end: with and without it the bytes are theirs.
    #[test]
    fn keys_and_signatures_are_those_of_the_crates() {
        let secret = Secret::from_bytes([9; 32]);
        for generation in 0..150 {
            let message = generation.to_string().repeat(generation as usize % 40);
            let purpose = |algorithm| Purpose { kind: "key", id: "x", algorithm, generation };
            let key = Key::<NistP256>::derive(&secret, purpose("ecdsa-p256"));
            let crates = p256::ecdsa::SigningKey::from_slice(&key.0.to_repr()).unwrap();
            let signature: p256::ecdsa::DerSignature = crates.sign(message.as_bytes());
            assert_eq!(key.point(), crates.verifying_key().to_sec1_point(false).as_bytes());
            assert_eq!(key.sign(message.as_bytes()), signature.as_bytes(), "P-256, {generation}");

            let key = Key::<NistP384>::derive(&secret, purpose("ecdsa-p384"));
            let crates = p384::ecdsa::SigningKey::from_slice(&key.0.to_repr()).unwrap();
            let signature: p384::ecdsa::DerSignature = crates.sign(message.as_bytes());
            assert_eq!(key.point(), crates.verifying_key().to_sec1_point(false).as_bytes());
            assert_eq!(key.sign(message.as_bytes()), signature.as_bytes(), "P-384, {generation}");
        }
    }

    #[test]
    fn scalars_are_between_zero_and_the_order() {
        let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
        let is_scalar = |bytes: &[u8]| Key::<NistP256>::from_scalar(bytes).is_some();
        assert!(!is_scalar(&[0; 32]));
        assert!(!is_scalar(&unhex(order)));
        assert!(is_scalar(&unhex(&order.replace("2551", "2550"))));
        assert!(!is_scalar(&[0xff; 32]));
        assert!(!is_scalar(&[1; 31]));
    }
}
