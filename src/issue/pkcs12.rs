//! Writes PKCS#12 files (RFC 7292) that Java and OpenSSL read; the same input gives the same bytes.
//!
//! The private key is encrypted by PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018, 6.2). An HMAC-SHA-256 with
//! the password (appendix B) covers the whole file. Certificates are public, so they are not encrypted.
//!
//! Salts and the IV are not secret, but must differ for different contents. They therefore derive from the contents:
//! each is the beginning of SHA-256 over `pkiplan pkcs12 1`, its purpose, and the key in DER or, for the digest,
//! everything that it covers. The two texts end with a zero byte.

use hmac::{Hmac, KeyInit as _, Mac as _};
use pkcs8::ObjectIdentifier as Oid;
use pkcs8::der::Encode as _;
use pkcs8::pkcs5::{EncryptionScheme, pbes2};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::der::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, element, integer};
use super::key::PrivateKey;
use super::stack::wiped;
use crate::values::oid;

/// What salts begin with.
const VERSION: &str = "pkiplan pkcs12 1";
/// What Java takes by itself since 17, for keys and for the whole.
const ROUNDS: u32 = 10_000;
/// `[0]`, explicit.
const EXPLICIT: u8 = 0xa0;
/// BMPString
const BMP_STRING: u8 = 0x1e;
/// NULL
const NULL: &[u8] = &[0x05, 0x00];
/// Bytes in a block of SHA-256.
const BLOCK: usize = 64;

/// A store with a private key and its certificates, the key's own one first; `alias` is what the entry is called.
/// `password` is ASCII.
#[must_use]
pub fn key_store(alias: &str, key: &PrivateKey, chain: &[&[u8]], password: &str) -> Zeroizing<Vec<u8>> {
    let der = key.to_pkcs8_der();
    let local = [attribute(oid::FRIENDLY_NAME, &bmp(alias)), {
        let id = element(OCTET_STRING, &[&key.public().key_identifier()]);
        attribute(oid::LOCAL_KEY_ID, &id)
    }];
    let key = bag(oid::SHROUDED_KEY_BAG, &encrypted(&der, password), &local);
    let certificates = chain.iter().enumerate().map(|(position, certificate)| {
        let attributes = if position == 0 { &local[..] } else { &[] };
        certificate_bag(certificate, attributes)
    });
    let certificates: Vec<Vec<u8>> = certificates.collect();
    store(&[&safe(&certificates), &safe(&[key])], password)
}

/// A store of certificates that are trusted, each with its alias.
#[must_use]
pub fn trust_store(trusted: &[(&str, &[u8])], password: &str) -> Zeroizing<Vec<u8>> {
    let bags = trusted.iter().map(|(alias, certificate)| {
        // What Java wants to see before it trusts a certificate (sun.security.pkcs12.PKCS12KeyStore).
        let any = element(OBJECT_IDENTIFIER, &[oid::ANY_USAGE.as_bytes()]);
        let attributes =
            [attribute(oid::FRIENDLY_NAME, &bmp(alias)), attribute(oid::TRUSTED_KEY_USAGE, &any)];
        certificate_bag(certificate, &attributes)
    });
    store(&[&safe(&bags.collect::<Vec<_>>())], password)
}

/// PFX (RFC 7292, 4).
fn store(safes: &[&[u8]], password: &str) -> Zeroizing<Vec<u8>> {
    let authenticated = element(SEQUENCE, safes);
    let salt: [u8; 16] = derived("digest salt", &authenticated);
    let digest = wiped(|| {
        let key = digest_key(password, &salt, ROUNDS);
        let mut digest = Hmac::<Sha256>::new_from_slice(&*key).expect("HMAC takes keys of any length");
        digest.update(&authenticated);
        digest.finalize().into_bytes()
    });
    let algorithm = element(SEQUENCE, &[&identifier(oid::SHA256), NULL]);
    let digest = element(SEQUENCE, &[&algorithm, &element(OCTET_STRING, &[&digest])]);
    let rounds = integer(&ROUNDS.to_be_bytes());
    let digest = element(SEQUENCE, &[&digest, &element(OCTET_STRING, &[&salt]), &rounds]);
    Zeroizing::new(element(SEQUENCE, &[&integer(&[3]), &data(&authenticated), &digest]))
}

/// ContentInfo of the type data (RFC 5652, 4).
fn data(content: &[u8]) -> Vec<u8> {
    let content = element(EXPLICIT, &[&element(OCTET_STRING, &[content])]);
    element(SEQUENCE, &[&identifier(oid::DATA), &content])
}

/// SafeContents in a ContentInfo.
fn safe(bags: &[Vec<u8>]) -> Vec<u8> {
    let bags: Vec<&[u8]> = bags.iter().map(Vec::as_slice).collect();
    data(&element(SEQUENCE, &bags))
}

/// SafeBag (RFC 7292, 4.2).
fn bag(kind: Oid, value: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut attributes: Vec<&[u8]> = attributes.iter().map(Vec::as_slice).collect();
    // X.690, 11.6.
    attributes.sort_unstable();
    let set = if attributes.is_empty() { Vec::new() } else { element(SET, &attributes) };
    element(SEQUENCE, &[&identifier(kind), &element(EXPLICIT, &[value]), &set])
}

fn certificate_bag(certificate: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let certificate = element(EXPLICIT, &[&element(OCTET_STRING, &[certificate])]);
    let certificate = element(SEQUENCE, &[&identifier(oid::X509_CERTIFICATE), &certificate]);
    bag(oid::CERTIFICATE_BAG, &certificate, attributes)
}

fn attribute(kind: Oid, value: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[&identifier(kind), &element(SET, &[value])])
}

fn identifier(oid: Oid) -> Vec<u8> {
    element(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

fn bmp(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    element(BMP_STRING, &[&units])
}

/// EncryptedPrivateKeyInfo (RFC 5958, 3).
fn encrypted(der: &[u8], password: &str) -> Vec<u8> {
    let salt: [u8; 16] = derived("key salt", der);
    let parameters =
        pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, derived("key iv", der));
    let scheme = EncryptionScheme::Pbes2(parameters.expect("a salt of 16 bytes fits"));
    let encrypted = wiped(|| scheme.encrypt(password, der)).expect("a key has some thousand bytes at most");
    let scheme = scheme.to_der().expect("its parts have been written before");
    element(SEQUENCE, &[&scheme, &element(OCTET_STRING, &[&encrypted])])
}

/// The first bytes of what follows from a content.
fn derived<const N: usize>(what: &str, content: &[u8]) -> [u8; N] {
    let mut hash = Sha256::new();
    for text in [VERSION, what] {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    hash.update(content);
    let digest = hash.finalize();
    std::array::from_fn(|i| digest[i])
}

/// RFC 7292, B.2, for a digest's key (3), which is as long as SHA-256: one turn.
pub(super) fn digest_key(password: &str, salt: &[u8], rounds: u32) -> Zeroizing<[u8; 32]> {
    let mut text = Zeroizing::new(Vec::with_capacity(2 * password.len() + 2));
    text.extend(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes));
    let mut hash = Sha256::new();
    hash.update([3; BLOCK]);
    for part in [salt, &text] {
        let whole = part.len().div_ceil(BLOCK) * BLOCK;
        let filled: Zeroizing<Vec<u8>> = Zeroizing::new(part.iter().copied().cycle().take(whole).collect());
        hash.update(&*filled);
    }
    let mut key: Zeroizing<[u8; 32]> = Zeroizing::new(hash.finalize().into());
    for _ in 1..rounds {
        *key = Sha256::digest(*key).into();
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::secret::Secret;
    use crate::values::KeyAlgorithm;

    fn made(generation: u32, password: &str) -> Zeroizing<Vec<u8>> {
        let secret = Secret::from_bytes([7; 32]);
        let key = PrivateKey::derive(&secret, "node.a/server", KeyAlgorithm::EcdsaP256, generation);
        key_store("server", &key, &[&[0x30, 0x00]], password)
    }

    #[test]
    fn the_same_content_gives_the_same_bytes() {
        assert_eq!(made(1, "changeit"), made(1, "changeit"));
        assert_eq!(trust_store(&[("a", &[0x30, 0])], "x"), trust_store(&[("a", &[0x30, 0])], "x"));
        assert_ne!(made(1, "changeit"), made(1, "changeit2"));
    }

    /// One IV for two keys under one password would show what they have in common.
    #[test]
    fn another_key_has_another_salt() {
        let (one, other): ([u8; 16], [u8; 16]) = (derived("key salt", b"one"), derived("key salt", b"other"));
        assert_ne!(one, other);
        assert_ne!(one, derived("key iv", b"one"));
    }
}
