//! Verifies that a certificate or a revocation list is signed with a given key.

use pkcs8::ObjectIdentifier;
use rsa::pkcs1::DecodeRsaPublicKey;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate};
use x509_parser::x509::AlgorithmIdentifier;

use super::algorithm::{EcdsaCurve, Hash};
use super::der::{BIT_STRING, SEQUENCE};
use super::key::{PrivateKey, PublicKey};
use super::signature::pkcs1;
use super::signed::ecdsa;
use crate::values::der::{Element, OBJECT_IDENTIFIER, only};
use crate::values::{KeyAlgorithm, oid};

/// Why a certificate is not the issuer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not a certificate, or something follows it.
    #[error("it is not one X.509 certificate in DER")]
    Unreadable,
    /// The algorithm is not the issuer's, or the two places that name it disagree.
    #[error("it is not signed with the issuer's kind of key")]
    Algorithm,
    /// The signature is another's.
    #[error("its signature is not the issuer's")]
    Signature,
}

/// Checks that `issuer` has signed the certificate.
///
/// # Errors
/// When it has not.
pub fn verify(certificate: &[u8], issuer: &PublicKey) -> Result<(), VerifyError> {
    let parsed = parse(certificate)?;
    signed(
        scheme([&parsed.signature_algorithm, &parsed.tbs_certificate.signature])?,
        (parsed.tbs_certificate.as_ref(), parsed.signature_value.as_ref()),
        issuer,
    )
}

/// Checks that the key at hand has signed the certificate, in less time than [`verify`] does with its public half. That the two
/// halves belong together is for `verify` to say, and that the certificate can be read.
///
/// # Errors
/// When it has not.
pub fn confirm(certificate: &[u8], signer: &PrivateKey) -> Result<(), VerifyError> {
    let wanted = match signer.public().algorithm() {
        KeyAlgorithm::EcdsaP256 => oid::ECDSA_SHA256,
        KeyAlgorithm::EcdsaP384 => oid::ECDSA_SHA384,
        _ => return verify(certificate, signer.public()),
    };
    let Some((message, algorithm, signature)) = parts(certificate) else {
        return Err(VerifyError::Unreadable);
    };
    // Without parameters (RFC 5758, 3.2).
    let said = algorithm.parts(SEQUENCE).unwrap_or_default();
    if !matches!(said[..], [oid] if oid.tag == OBJECT_IDENTIFIER && oid.content == wanted.as_bytes()) {
        return Err(VerifyError::Algorithm);
    }
    signer.confirms(message, signature).then_some(()).ok_or(VerifyError::Signature)
}

/// What is signed, the algorithm, and the signature, of whole bytes (RFC 5280, 4.1 and 5.1). The algorithm is in what is signed,
/// too, byte for byte: the parser does not look at every byte outside of that.
fn parts(der: &[u8]) -> Option<(&[u8], Element<'_>, &[u8])> {
    let all = only(der)?.parts(SEQUENCE)?;
    let [signed, algorithm, signature] = all.as_slice() else { return None };
    let inside = signed.parts(SEQUENCE)?;
    let signature = signature.content.strip_prefix(&[0]).filter(|_| signature.tag == BIT_STRING)?;
    let same = inside.iter().any(|part| part.whole == algorithm.whole);
    same.then_some((signed.whole, *algorithm, signature))
}

/// Checks that `issuer` has signed the revocation list.
///
/// # Errors
/// When it has not.
pub fn verify_crl(crl: &[u8], issuer: &PublicKey) -> Result<(), VerifyError> {
    let parsed = match CertificateRevocationList::from_der(crl) {
        Ok(([], parsed)) if parts(crl).is_some() => parsed,
        _ => return Err(VerifyError::Unreadable),
    };
    signed(
        scheme([&parsed.signature_algorithm, &parsed.tbs_cert_list.signature])?,
        (parsed.tbs_cert_list.as_ref(), parsed.signature_value.as_ref()),
        issuer,
    )
}

fn signed(
    (kind, hash): (Kind, Hash),
    (message, signature): (&[u8], &[u8]),
    issuer: &PublicKey,
) -> Result<(), VerifyError> {
    let valid = match (issuer.algorithm(), kind) {
        (KeyAlgorithm::EcdsaP256, Kind::Ecdsa) => {
            ecdsa(EcdsaCurve::P256, issuer.raw(), hash, message, signature)
        }
        (KeyAlgorithm::EcdsaP384, Kind::Ecdsa) => {
            ecdsa(EcdsaCurve::P384, issuer.raw(), hash, message, signature)
        }
        (KeyAlgorithm::Ed25519, Kind::Ed25519) => ed25519(issuer.raw(), message, signature),
        (KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096, Kind::Rsa) => {
            rsa(issuer.raw(), hash, message, signature)
        }
        _ => return Err(VerifyError::Algorithm),
    };
    valid.ok_or(VerifyError::Signature)
}

#[derive(Clone, Copy)]
enum Kind {
    Ecdsa,
    Ed25519,
    Rsa,
}

/// What is said of a signature outside of what is signed and inside: the same (RFC 5280, 4.1.1.2 and 5.1.1.2).
fn scheme([outside, inside]: [&AlgorithmIdentifier<'_>; 2]) -> Result<(Kind, Hash), VerifyError> {
    let known = (outside == inside).then(|| known(&outside.algorithm)).flatten();
    known.ok_or(VerifyError::Algorithm)
}

/// What an OID says of a signature: ours have the hash of the key's size, other programs choose theirs.
fn known(algorithm: &Oid<'_>) -> Option<(Kind, Hash)> {
    Some(match ObjectIdentifier::from_bytes(algorithm.as_bytes()).ok()? {
        oid::ECDSA_SHA256 => (Kind::Ecdsa, Hash::Sha256),
        oid::ECDSA_SHA384 => (Kind::Ecdsa, Hash::Sha384),
        oid::ECDSA_SHA512 => (Kind::Ecdsa, Hash::Sha512),
        oid::ED25519 => (Kind::Ed25519, Hash::Sha512),
        oid::RSA_SHA256 => (Kind::Rsa, Hash::Sha256),
        oid::RSA_SHA384 => (Kind::Rsa, Hash::Sha384),
        oid::RSA_SHA512 => (Kind::Rsa, Hash::Sha512),
        _ => return None,
    })
}

fn parse(certificate: &[u8]) -> Result<X509Certificate<'_>, VerifyError> {
    match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) if parts(certificate).is_some() => Ok(parsed),
        _ => Err(VerifyError::Unreadable),
    }
}

fn ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::try_from(key).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

fn rsa(key: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> Option<()> {
    pkcs1(&rsa::PublicKey::from_pkcs1_der(key).ok()?, hash, message, signature)
}
