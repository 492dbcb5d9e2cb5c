//! Recognises certificates and keys in exactly the form that pkiplan writes.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::issue::imported::private_key;
use crate::issue::pem::{self, Block};
use crate::stored::Stored;

/// A certificate in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenCertificate {
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// That of its key (SubjectPublicKeyInfo).
    pub key_sha256: [u8; 32],
}

/// The certificates that a text consists of; none where it is anything else, or written otherwise. With `base64` the
/// whole text stands in base64, as kubeconfigs have it.
#[must_use]
pub fn written_certificates(text: &str, base64: bool) -> Option<Vec<WrittenCertificate>> {
    let text = plain(text, base64)?;
    let blocks = pem::blocks(&text);
    let again: String = blocks.iter().map(|block| pem::encode("CERTIFICATE", &block.der)).collect();
    let certificates = blocks.iter().map(|block| {
        let stored = Stored::from_der(&block.der).ok()?;
        Some(WrittenCertificate { sha256: stored.sha256(), key_sha256: stored.key_sha256() })
    });
    if again == *text { certificates.collect() } else { None }
}

/// The digests of the public halves of the keys that a text consists of, private or public ones; none as above.
#[must_use]
pub fn written_keys(text: &str, base64: bool) -> Option<Vec<[u8; 32]>> {
    let text = plain(text, base64)?;
    let blocks = pem::blocks(&text);
    let mut rest = text.as_str();
    let mut digests = Vec::new();
    for block in &blocks {
        let (again, digest) = key(block)?;
        rest = rest.strip_prefix(again.as_str())?;
        digests.push(digest);
    }
    rest.is_empty().then_some(digests)
}

/// The digests of the public halves of all keys in a text, however it is written: with certificates between them, or in an
/// older form. None where one of them cannot be read.
#[must_use]
pub fn held_keys(text: &str, base64: bool) -> Option<Vec<[u8; 32]>> {
    let text = plain(text, base64)?;
    let blocks = pem::blocks(&text);
    let is_private = |block: &&Block| block.label.ends_with("PRIVATE KEY");
    let mut digests: Vec<[u8; 32]> = Vec::new();
    for block in &blocks {
        match block.label.as_str() {
            "PUBLIC KEY" => digests.push(Sha256::digest(&block.der).into()),
            // Its curve stands in a block of its own.
            _ if is_private(&block) && blocks.iter().filter(is_private).count() == 1 => {
                digests.push(private_key(&text, || None).ok()?.public().sha256());
            }
            _ if is_private(&block) => return None,
            _ => {}
        }
    }
    (!digests.is_empty()).then_some(digests)
}

/// A key as it is written, and the digest of its public half.
fn key(block: &Block) -> Option<(Zeroizing<String>, [u8; 32])> {
    let again = pem::encode_secret(&block.label, &block.der);
    match block.label.as_str() {
        "PUBLIC KEY" => Some((again, Sha256::digest(&block.der).into())),
        "PRIVATE KEY" => {
            let key = private_key(&again, || None).ok()?;
            Some((key.to_pkcs8_pem(), key.public().sha256()))
        }
        _ => None,
    }
}

fn plain(text: &str, base64: bool) -> Option<Zeroizing<String>> {
    if !base64 {
        return Some(Zeroizing::new(text.to_owned()));
    }
    let bytes = Zeroizing::new(Base64::decode_vec(text).ok()?);
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}
