//! Whether a certificate is signed with a key.

use p256::ecdsa::signature::Verifier;
use rsa::pkcs1::DecodeRsaPublicKey;
use sha2::Sha256;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::key::PublicKey;
use crate::values::KeyAlgorithm;

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
    // RFC 5280, 4.1.1.2: the algorithm outside of what is signed must be the one inside.
    let algorithm = &parsed.signature_algorithm;
    if *algorithm != parsed.tbs_certificate.signature
        || algorithm.algorithm.to_id_string() != signature_oid(issuer)
    {
        return Err(VerifyError::Algorithm);
    }
    let (message, signature) = (parsed.tbs_certificate.as_ref(), parsed.signature_value.as_ref());
    let valid = match issuer.algorithm() {
        KeyAlgorithm::EcdsaP256 => p256(issuer.raw(), message, signature),
        KeyAlgorithm::EcdsaP384 => p384(issuer.raw(), message, signature),
        KeyAlgorithm::Ed25519 => ed25519(issuer.raw(), message, signature),
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => {
            rsa(issuer.raw(), message, signature)
        }
    };
    valid.ok_or(VerifyError::Signature)
}

fn parse(certificate: &[u8]) -> Result<X509Certificate<'_>, VerifyError> {
    match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(VerifyError::Unreadable),
    }
}

/// The OID of the signatures that a key makes (RFC 5758, 3.2; RFC 8410, 3; RFC 4055, 5).
fn signature_oid(key: &PublicKey) -> &'static str {
    match key.algorithm() {
        KeyAlgorithm::EcdsaP256 => "1.2.840.10045.4.3.2",
        KeyAlgorithm::EcdsaP384 => "1.2.840.10045.4.3.3",
        KeyAlgorithm::Ed25519 => "1.3.101.112",
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => "1.2.840.113549.1.1.11",
    }
}

fn p256(point: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    let signature = p256::ecdsa::DerSignature::from_bytes(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn p384(point: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    let signature = p384::ecdsa::DerSignature::from_bytes(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::try_from(key).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

fn rsa(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = rsa::RsaPublicKey::from_pkcs1_der(key).ok()?;
    let signature = rsa::pkcs1v15::Signature::try_from(signature).ok()?;
    rsa::pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, &signature).ok()
}
