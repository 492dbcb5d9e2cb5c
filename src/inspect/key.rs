//! Describes keys: their algorithm and the digest of the public key.
//!
//! Only the structure is parsed. The numbers of an untrusted file are not computed with, except to derive the public
//! key of a private key that does not contain it.

use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::PrivateKeyInfoRef;
use p256::pkcs8::der::asn1::{BitStringRef, ContextSpecific, ObjectIdentifier, OctetStringRef};
use p256::pkcs8::der::{AnyRef, Decode, Encode, TagNumber};
use p256::pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use rsa::pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use serde::Serialize;

use super::digest::sha256;
use crate::values::oid;

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its kind as plans write it, such as `ecdsa-p256` or `rsa-2048`; an OID where it is unknown.
    pub algorithm: String,
    /// Its encoding.
    pub format: &'static str,
    /// SHA-256 of the public key (SubjectPublicKeyInfo, DER): the same for a key and its certificates.
    /// Absent where a private key does not hold its public half and it is not computed here.
    pub public_sha256: Option<String>,
}

/// RFC 5915, 3.
struct EcPrivateKey<'a> {
    scalar: &'a [u8],
    curve: Option<ObjectIdentifier>,
    point: Option<&'a [u8]>,
}

impl<'a> EcPrivateKey<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let (version, scalar, curve, point) = AnyRef::from_der(der)
            .and_then(|whole| {
                whole.sequence(|fields| {
                    Ok((
                        u8::decode(fields)?,
                        <&OctetStringRef>::decode(fields)?,
                        ContextSpecific::<ObjectIdentifier>::decode_explicit(fields, TagNumber(0))?,
                        ContextSpecific::<BitStringRef<'_>>::decode_explicit(fields, TagNumber(1))?,
                    ))
                })
            })
            .ok()?;
        let point = point.and_then(|point| point.value.as_bytes());
        (version == 1).then(|| Self {
            scalar: scalar.as_bytes(),
            curve: curve.map(|curve| curve.value),
            point,
        })
    }
}

pub(super) fn public(der: &[u8]) -> Option<Key> {
    let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
    let algorithm = algorithm(&info.algorithm, info.subject_public_key.as_bytes()?);
    Some(Key { algorithm, format: "SubjectPublicKeyInfo", public_sha256: Some(sha256(der)) })
}

pub(super) fn pkcs1_public(der: &[u8]) -> Option<Key> {
    let key = RsaPublicKeyRef::from_der(der).ok()?;
    rsa(&key, "PKCS#1")
}

pub(super) fn pkcs1(der: &[u8]) -> Option<Key> {
    rsa(&RsaPrivateKeyRef::from_der(der).ok()?.public_key(), "PKCS#1")
}

pub(super) fn sec1(der: &[u8]) -> Option<Key> {
    let key = EcPrivateKey::read(der)?;
    let curve = key.curve?;
    ec(&key, curve, "SEC1")
}

pub(super) fn pkcs8(der: &[u8]) -> Option<Key> {
    let info = PrivateKeyInfoRef::from_der(der).ok()?;
    let content = info.private_key.as_bytes();
    match info.algorithm.oid {
        oid::RSA => rsa(&RsaPrivateKeyRef::from_der(content).ok()?.public_key(), "PKCS#8"),
        oid::EC => ec(&EcPrivateKey::read(content)?, info.algorithm.parameters_oid().ok()?, "PKCS#8"),
        oid::ED25519 => {
            // RFC 8410, 7: the seed is an OCTET STRING in the OCTET STRING.
            let seed = <&OctetStringRef>::from_der(content).ok()?.as_bytes().try_into().ok()?;
            let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
            Some(Key {
                algorithm: algorithm(&info.algorithm, &[]),
                format: "PKCS#8",
                public_sha256: Some(sha256(&spki(info.algorithm, public.as_bytes())?)),
            })
        }
        _ => {
            // RFC 5958, 2: the second version of the format can hold the public key.
            let public = info.public_key.and_then(|key| spki(info.algorithm, key.as_bytes()?));
            Some(Key {
                algorithm: algorithm(&info.algorithm, &[]),
                format: "PKCS#8",
                public_sha256: public.map(|der| sha256(&der)),
            })
        }
    }
}

/// Whether a file begins like PKCS#12: version 3, then an object of PKCS#7 (RFC 7292, 4).
pub(super) fn is_pkcs12(der: &[u8]) -> bool {
    let kind = AnyRef::from_der(der).and_then(|whole| {
        whole.sequence(|fields| {
            let version = u8::decode(fields)?;
            let safe = AnyRef::decode(fields)?;
            Option::<AnyRef<'_>>::decode(fields)?;
            let kind = safe.sequence(|fields| {
                let kind: ObjectIdentifier = ObjectIdentifier::decode(fields)?;
                AnyRef::decode(fields)?;
                Ok::<_, p256::pkcs8::der::Error>(kind)
            })?;
            Ok::<_, p256::pkcs8::der::Error>((version, kind))
        })
    });
    kind.is_ok_and(|(version, kind)| version == 3 && kind.to_string().starts_with("1.2.840.113549.1.7."))
}

pub(super) fn is_encrypted(der: &[u8]) -> bool {
    // RFC 5958, 3: an algorithm and an OCTET STRING.
    let parts = AnyRef::from_der(der).and_then(|whole| {
        whole.sequence(|fields| {
            Ok((AlgorithmIdentifierRef::decode(fields)?, <&OctetStringRef>::decode(fields)?))
        })
    });
    parts.is_ok_and(|(algorithm, _): (AlgorithmIdentifierRef<'_>, &OctetStringRef)| {
        algorithm.oid.starts_with(oid::PKCS5) || algorithm.oid.starts_with(oid::PKCS12)
    })
}

fn rsa(key: &RsaPublicKeyRef<'_>, format: &'static str) -> Option<Key> {
    let content = key.to_der().ok()?;
    let identifier = AlgorithmIdentifierRef { oid: oid::RSA, parameters: Some(AnyRef::NULL) };
    Some(Key {
        algorithm: algorithm(&identifier, &content),
        format,
        public_sha256: Some(sha256(&spki(identifier, &content)?)),
    })
}

fn ec(key: &EcPrivateKey<'_>, curve: ObjectIdentifier, format: &'static str) -> Option<Key> {
    if key.curve.is_some_and(|named| named != curve) {
        return None;
    }
    let identifier = AlgorithmIdentifierRef { oid: oid::EC, parameters: Some(AnyRef::from(&curve)) };
    // What stands beside the scalar is believed only where the scalar cannot be asked.
    let point = match curve {
        oid::P256 => {
            let secret = p256::SecretKey::from_slice(key.scalar).ok()?;
            Some(secret.public_key().to_sec1_point(false).as_bytes().to_vec())
        }
        oid::P384 => {
            let secret = p384::SecretKey::from_slice(key.scalar).ok()?;
            Some(secret.public_key().to_sec1_point(false).as_bytes().to_vec())
        }
        _ => key.point.map(<[u8]>::to_vec),
    };
    let public = point.and_then(|point| spki(identifier, &point));
    Some(Key {
        algorithm: algorithm(&identifier, &[]),
        format,
        public_sha256: public.map(|der| sha256(&der)),
    })
}

fn spki(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8]) -> Option<Vec<u8>> {
    let subject_public_key = BitStringRef::from_bytes(key).ok()?;
    SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().ok()
}

fn algorithm(identifier: &AlgorithmIdentifierRef<'_>, key: &[u8]) -> String {
    match (identifier.oid, identifier.parameters_oid().ok()) {
        (oid::ED25519, _) => "ed25519".to_owned(),
        (oid::EC, Some(oid::P256)) => "ecdsa-p256".to_owned(),
        (oid::EC, Some(oid::P384)) => "ecdsa-p384".to_owned(),
        (oid::EC, Some(oid::P521)) => "ecdsa-p521".to_owned(),
        (oid::EC, Some(curve)) => format!("ecdsa {curve}"),
        (oid::RSA, _) => match RsaPublicKeyRef::from_der(key) {
            Ok(key) => format!("rsa-{}", bits(key.modulus.as_bytes())),
            Err(_) => "rsa".to_owned(),
        },
        (other, _) => other.to_string(),
    }
}

/// Bits of a number without leading zero bytes, as the decoder hands it over.
fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}
