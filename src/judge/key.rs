//! Public keys: `parsePublicKey` of Go's crypto/x509 (parser.go).

use pkcs8::ObjectIdentifier;

use super::reader::{Reader, tag};
use crate::issue::algorithm::EcdsaCurve;
use crate::issue::signature::KeyParts;
use crate::values::oid;

/// NULL
const NULL: &[u8] = &[tag::NULL, 0];

/// A public key of a kind that Go knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// One that can be verified with here.
    Parts(KeyParts),
    /// An RSA key that no verification takes (its exponent is even, 1, or above 2^31); its size still counts.
    Rsa {
        /// Of its modulus.
        bits: usize,
    },
    /// Go verifies with it, and TLS does not; nothing here does.
    P224,
    /// Read, but never verified with.
    Dsa,
    /// Go 1.27 verifies with it; nothing here does yet.
    MlDsa,
}

impl Key {
    /// Reads what stands in a SubjectPublicKeyInfo; `Some(None)` is a key of an unknown kind.
    #[allow(clippy::option_option, reason = "unknown is not malformed")]
    pub(super) fn parse(mut spki: Reader<'_>) -> Option<Option<Self>> {
        let mut algorithm = spki.inside(tag::SEQUENCE)?;
        let kind = algorithm.oid()?;
        let parameters = if algorithm.is_empty() { &[][..] } else { algorithm.any()?.whole };
        let key = spki.bits()?.right_aligned();
        let absent = parameters.is_empty().then_some(());
        match ObjectIdentifier::from_bytes(kind) {
            // RFC 3279, 2.3.1
            Ok(oid::RSA) if parameters == NULL => rsa(&key).map(Some),
            Ok(oid::RSA) => None,
            Ok(oid::EC) => ecdsa(parameters, key).map(Some),
            // RFC 8410, 3
            Ok(oid::ED25519) => absent
                .and(<[u8; 32]>::try_from(key).ok())
                .map(|key| Some(Self::Parts(KeyParts::Ed25519(key)))),
            Ok(oid::DSA) => dsa(parameters, &key).map(Some),
            // RFC 9881, 4
            Ok(oid::ML_DSA_44) => absent.filter(|()| key.len() == 1312).map(|()| Some(Self::MlDsa)),
            Ok(oid::ML_DSA_65) => absent.filter(|()| key.len() == 1952).map(|()| Some(Self::MlDsa)),
            Ok(oid::ML_DSA_87) => absent.filter(|()| key.len() == 2592).map(|()| Some(Self::MlDsa)),
            _ => Some(None),
        }
    }

    /// Bits of an RSA modulus.
    pub(super) fn modulus_bits(&self) -> Option<usize> {
        match self {
            Self::Parts(parts) => parts.modulus_bits(),
            Self::Rsa { bits } => Some(*bits),
            _ => None,
        }
    }
}

/// RFC 8017, A.1.1
fn rsa(key: &[u8]) -> Option<Key> {
    let mut numbers = Reader(key).inside(tag::SEQUENCE)?;
    let modulus = numbers.unsigned().filter(|modulus| !modulus.is_empty())?.to_vec();
    let exponent = numbers.signed(tag::INTEGER).filter(|exponent| *exponent > 0)?;
    let exponent = u32::try_from(exponent).ok().filter(|e| (3..1 << 31).contains(e) && e % 2 == 1);
    let parts = KeyParts::Rsa { modulus, exponent: exponent.unwrap_or_default() };
    match (exponent, parts.modulus_bits()) {
        (Some(_), _) => Some(Key::Parts(parts)),
        (None, bits) => Some(Key::Rsa { bits: bits? }),
    }
}

/// RFC 5480, 2.1.1 and 2.2: a named curve, and a point that is not compressed.
fn ecdsa(parameters: &[u8], point: Vec<u8>) -> Option<Key> {
    let (curve, length) = match ObjectIdentifier::from_bytes(Reader(parameters).oid()?) {
        Ok(oid::P224) => (None, 57),
        Ok(oid::P256) => (Some(EcdsaCurve::P256), 65),
        Ok(oid::P384) => (Some(EcdsaCurve::P384), 97),
        Ok(oid::P521) => (Some(EcdsaCurve::P521), 133),
        _ => return None,
    };
    if point.len() != length || point.first() != Some(&4) {
        return None;
    }
    let Some(curve) = curve else { return Some(Key::P224) };
    let parts = KeyParts::Ecdsa(curve, point);
    parts.is_on_its_curve().then_some(Key::Parts(parts))
}

/// RFC 3279, 2.3.2
fn dsa(parameters: &[u8], key: &[u8]) -> Option<Key> {
    let is_positive = |number: &[u8]| number.iter().any(|byte| *byte != 0);
    let mut numbers = Reader(parameters).inside(tag::SEQUENCE)?;
    let all = [Reader(key).unsigned()?, numbers.unsigned()?, numbers.unsigned()?, numbers.unsigned()?];
    all.into_iter().all(is_positive).then_some(Key::Dsa)
}
