//! A copy of a certificate with another key: for proofs where the key is not at hand.

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

/// The same certificate with the public key of `key`, signed by `signer`; names, dates, identifiers and extensions stay.
/// None where it is no certificate, or the signer's key is not on P-256.
#[must_use]
pub fn rekeyed(certificate: &[u8], key: &PrivateKey, signer: &PrivateKey) -> Option<Vec<u8>> {
    if signer.public().algorithm() != KeyAlgorithm::EcdsaP256 {
        return None;
    }
    let parts = only(certificate)?.parts(der::SEQUENCE)?;
    let [tbs, _, _] = parts[..] else { return None };
    let fields = tbs.parts(der::SEQUENCE)?;
    let behind = usize::from(fields.first()?.tag == VERSION);
    let mut wholes: Vec<&[u8]> = fields.iter().map(|field| field.whole).collect();
    let spki = key.public().spki_der();
    *wholes.get_mut(behind + ALGORITHM)? = &ECDSA_SHA256;
    *wholes.get_mut(behind + KEY)? = &spki;
    let tbs = element(der::SEQUENCE, &wholes);
    let signature = element(der::BIT_STRING, &[&[0], &signer.sign(&tbs)]);
    Some(element(der::SEQUENCE, &[&tbs, &ECDSA_SHA256, &signature]))
}
