//! Copies a certificate with another key, for proofs that do not have the real key.

use super::der::{self, element};
use super::key::PrivateKey;
use crate::values::KeyAlgorithm;
use crate::values::der::only;

/// The tag of a written version.
const VERSION: u8 = 0xa0;
/// Places among the fields of a TBSCertificate (RFC 5280, 4.1) behind its version.
const ALGORITHM: usize = 1;
const KEY: usize = 5;
/// ecdsa-with-SHA256 (RFC 5758, 3.2)
const ECDSA_SHA256: [u8; 12] = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// ecdsa-with-SHA384 (RFC 5758, 3.2)
const ECDSA_SHA384: [u8; 12] = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
/// RFC 8410, 3
const ED25519: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
/// sha256WithRSAEncryption with its NULL (RFC 8017, A.2.4)
const RSA_SHA256: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];

/// AlgorithmIdentifier of what a key signs with.
fn algorithm(key: KeyAlgorithm) -> &'static [u8] {
    match key {
        KeyAlgorithm::EcdsaP256 => &ECDSA_SHA256,
        KeyAlgorithm::EcdsaP384 => &ECDSA_SHA384,
        KeyAlgorithm::Ed25519 => &ED25519,
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => &RSA_SHA256,
    }
}

/// The same certificate with the public key of `key`, signed by `signer`; names, dates, identifiers and extensions stay.
/// None where it is no certificate.
#[must_use]
pub fn rekeyed(certificate: &[u8], key: &PrivateKey, signer: &PrivateKey) -> Option<Vec<u8>> {
    let algorithm = algorithm(signer.public().algorithm());
    let parts = only(certificate)?.parts(der::SEQUENCE)?;
    let [tbs, _, _] = parts[..] else { return None };
    let fields = tbs.parts(der::SEQUENCE)?;
    let behind = usize::from(fields.first()?.tag == VERSION);
    let mut wholes: Vec<&[u8]> = fields.iter().map(|field| field.whole).collect();
    let spki = key.public().spki_der();
    *wholes.get_mut(behind + ALGORITHM)? = algorithm;
    *wholes.get_mut(behind + KEY)? = &spki;
    let tbs = element(der::SEQUENCE, &wholes);
    let signature = element(der::BIT_STRING, &[&[0], &signer.sign(&tbs)]);
    Some(element(der::SEQUENCE, &[&tbs, algorithm, &signature]))
}
