//! Checks whether one certificate has signed another: `checkSignature` of Go's crypto/x509 (x509.go).

use super::algorithm::Algorithm;
use super::certificate::Certificate;
use super::key::Key;
use super::refusal::SignatureFault;
use crate::issue::signature::{KeyParts, SMALLEST_MODULUS, Scheme};

/// Whether the key of `issuer` has signed `certificate`.
pub(super) fn check_signature(
    certificate: &Certificate<'_>,
    issuer: &Certificate<'_>,
) -> Result<(), SignatureFault> {
    let algorithm = certificate.algorithm.ok_or(SignatureFault::Unsupported)?;
    let key = issuer.key.as_ref().ok_or(SignatureFault::Unsupported)?;
    let scheme = match algorithm {
        Algorithm::Weak => return Err(SignatureFault::Weak),
        Algorithm::MlDsa => return Err(SignatureFault::Unsupported),
        Algorithm::Scheme(scheme) => scheme,
    };
    let parts = match key {
        Key::P224 | Key::Dsa | Key::MlDsa => return Err(SignatureFault::Unsupported),
        Key::Rsa { .. } => return Err(SignatureFault::Wrong),
        Key::Parts(parts) => parts,
    };
    match (parts, scheme) {
        (KeyParts::Ecdsa(..), Scheme::Ecdsa(_)) | (KeyParts::Ed25519(_), Scheme::Ed25519) => {}
        (KeyParts::Rsa { .. }, Scheme::RsaPkcs1(_) | Scheme::RsaPss(_)) => {
            let bits = parts.modulus_bits().unwrap_or_default();
            if bits < SMALLEST_MODULUS {
                return Err(SignatureFault::SmallKey { bits });
            }
        }
        _ => return Err(SignatureFault::OtherKind),
    }
    let signed = parts.has_signed(scheme, certificate.signed, &certificate.signature);
    if signed { Ok(()) } else { Err(SignatureFault::Wrong) }
}
