//! Derivation, version 1: how keys and all other secret values derive from the 32 bytes of a [`Secret`].
//!
//! This text is the specification, and the vectors in `tests/vectors/derivation-v1.toml` are its examples. It
//! depends on no crate's method of generating keys, so that an upgrade cannot change the values that derive from
//! a secret. It never changes: another method would be another version.
//!
//! # Blocks
//!
//! `HKDF` is RFC 5869 with SHA-256. `PRK = HKDF-Extract(salt = "pkiplan derivation 1", IKM = the secret)`.
//! A block is `HKDF-Expand(PRK, info, L)`, where `info` is the concatenation of
//!
//! | field        | encoding | content                                                           |
//! |--------------|----------|-------------------------------------------------------------------|
//! | version      | text     | `pkiplan derivation 1`                                            |
//! | kind         | text     | `key`, `encryption-key`, `password`, `token`, `digest`, `identity` |
//! | id           | text     | what the block is for, as the graph names it                      |
//! | algorithm    | text     | see below                                                         |
//! | generation   | number   | 1, 2, ...: a rotation adds one                                    |
//! | counter      | number   | which block: 0, 1, ...                                            |
//!
//! A text is its length in bytes as a number and then its bytes in UTF-8. A number is 32 bits, big-endian.
//! So no two purposes share an `info`, and another generation or algorithm gives an unrelated value.
//!
//! # Private keys (kind `key`)
//!
//! The algorithm is the word of [`KeyAlgorithm`](crate::values::KeyAlgorithm), as `ecdsa-p256`.
//!
//! - **ECDSA P-256 and P-384**: L is 32 or 48. The scalar `k` is the block as a big-endian integer, of the
//!   first counter from 0 for which `1 <= k < n`, the order of the curve's base point.
//! - **Ed25519**: L is 32, the counter is 0, the block is the seed of RFC 8032, 5.1.5.
//! - **RSA 2048, 3072, 4096**: `e` is 65537, and `b` is half the bits of the modulus. A *draw* is a block of
//!   L = b/8 bytes as a big-endian integer with its two highest bits and its lowest bit set to one. Draws
//!   are numbered by the counter, from 0. A draw `c` *gives* the first prime among `c, c + 2, c + 4, ...`
//!   that is not 1 modulo `e`; it gives nothing when none is among the first 2^20 of them below 2^b.
//!   The first prime is that of the first draw that gives one. The second is that of the first draw
//!   afterwards which gives one whose distance from the first is at least 2^(b - 100) (see FIPS 186-5, A.1.3).
//!   `p` is the larger of the two and `q` the smaller; `d = e^-1 mod lcm(p - 1, q - 1)` (RFC 8017, 3.2).
//!
//! # Encryption keys (kind `encryption-key`)
//!
//! The algorithm is `aes-256`, L is 32, the counter is 0; the block is the key.
//!
//! # Passwords (kind `password`) and bootstrap tokens (kind `token`)
//!
//! The algorithm is `base36-N`, with N characters in decimal. L is 32; the blocks of the counters 0, 1, ...
//! are one stream of bytes. Bytes from 252 are left out; another byte `x` gives the character number
//! `x mod 36` of `abcdefghijklmnopqrstuvwxyz0123456789`. The first N characters are the password. A token has
//! N = 22; a dot stands after the first six.
//!
//! # Static tokens (kind `token`)
//!
//! The algorithm is `hex-128`, L is 16, the counter is 0; the token is the block in hexadecimal.
//!
//! # Keyed digests (kind `digest`)
//!
//! `HMAC-SHA256(K, bytes)`, where `K` is the block with an empty id, the algorithm `hmac-sha256`, the
//! generation 0, the counter 0 and L = 32.
//!
//! # Identity of a secret (kind `identity`)
//!
//! The block with an empty id, an empty algorithm, the generation 0, the counter 0 and L = 8, in hexadecimal.

use std::fmt::Write as _;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::secret::{Secret, VERSION};
use super::stack::wiped;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// The largest multiple of 36 in a byte: bytes from here on would make some characters likelier.
const EVEN: u8 = 252;

/// What a block is for.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    pub(super) kind: &'static str,
    pub(super) id: &'a str,
    pub(super) algorithm: &'a str,
    pub(super) generation: u32,
}

impl Purpose<'_> {
    /// Fills `block`, at most 8160 bytes (RFC 5869, 2.3).
    pub(super) fn expand(&self, secret: &Secret, counter: u32, block: &mut [u8]) {
        wiped(|| {
            Hkdf::<Sha256>::from_prk(secret.prk())
                .expect("the pseudorandom key is as long as the digest")
                .expand(&self.info(counter), block)
                .expect("no block is longer than 255 digests");
        });
    }

    fn info(&self, counter: u32) -> Vec<u8> {
        let mut info = Vec::with_capacity(128);
        for text in [VERSION, self.kind, self.id, self.algorithm] {
            let length = u32::try_from(text.len()).expect("no name has 4 GiB");
            info.extend_from_slice(&length.to_be_bytes());
            info.extend_from_slice(text.as_bytes());
        }
        info.extend_from_slice(&self.generation.to_be_bytes());
        info.extend_from_slice(&counter.to_be_bytes());
        info
    }
}

/// A key for AES-256, as a cluster encrypts its stored secrets with.
#[must_use]
pub fn encryption_key(secret: &Secret, id: &str, generation: u32) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Purpose { kind: "encryption-key", id, algorithm: "aes-256", generation }.expand(secret, 0, &mut *key);
    key
}

/// A token of 128 bits for a static token file: 32 hexadecimal digits.
#[must_use]
pub fn static_token(secret: &Secret, id: &str, generation: u32) -> Zeroizing<String> {
    let mut block = Zeroizing::new([0; 16]);
    Purpose { kind: "token", id, algorithm: "hex-128", generation }.expand(secret, 0, &mut *block);
    let mut token = Zeroizing::new(String::with_capacity(2 * block.len()));
    for byte in &*block {
        write!(token, "{byte:02x}").expect("writing to a text cannot fail");
    }
    token
}

/// A password of `length` small letters and digits.
#[must_use]
pub fn password(secret: &Secret, id: &str, generation: u32, length: usize) -> Zeroizing<String> {
    characters(secret, "password", id, generation, length)
}

/// A bootstrap token, as `kubeadm` wants it: six characters, a dot, sixteen characters. Only those after the
/// dot are secret.
#[must_use]
pub fn token(secret: &Secret, id: &str, generation: u32) -> Zeroizing<String> {
    let characters = characters(secret, "token", id, generation, 22);
    let mut token = Zeroizing::new(String::with_capacity(23));
    token.push_str(&characters[..6]);
    token.push('.');
    token.push_str(&characters[6..]);
    token
}

fn characters(
    secret: &Secret,
    kind: &'static str,
    id: &str,
    generation: u32,
    length: usize,
) -> Zeroizing<String> {
    let algorithm = format!("base36-{length}");
    let purpose = Purpose { kind, id, algorithm: &algorithm, generation };
    let mut text = Zeroizing::new(String::with_capacity(length));
    let mut block = Zeroizing::new([0; 32]);
    let mut counter = 0;
    while text.len() < length {
        purpose.expand(secret, counter, &mut *block);
        let missing = length - text.len();
        let even = block.iter().filter(|&&byte| byte < EVEN).take(missing);
        text.extend(even.map(|&byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])));
        counter += 1;
    }
    text
}

impl Secret {
    /// 16 hexadecimal digits that distinguish secrets and say nothing about keys: a lock may hold them.
    #[must_use]
    pub fn identity(&self) -> String {
        let mut value = [0; 8];
        Purpose { kind: "identity", id: "", algorithm: "", generation: 0 }.expand(self, 0, &mut value);
        format!("{:016x}", u64::from_be_bytes(value))
    }
}

/// A digest that nobody without the secret can compute, so that it can be published although `bytes` could
/// be guessed.
#[must_use]
pub fn keyed_digest(secret: &Secret, bytes: &[u8]) -> [u8; 32] {
    let mut key = Zeroizing::new([0; 32]);
    Purpose { kind: "digest", id: "", algorithm: "hmac-sha256", generation: 0 }.expand(secret, 0, &mut *key);
    let mut mac = Hmac::<Sha256>::new_from_slice(&*key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16).unwrap()).collect();
        digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
    }

    /// RFC 5869, A.1.
    #[test]
    fn hkdf_is_that_of_rfc_5869() {
        let (prk, hkdf) = Hkdf::<Sha256>::extract(Some(&unhex("000102030405060708090a0b0c")), &[0x0b; 22]);
        assert_eq!(prk.to_vec(), unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
        let mut okm = [0; 42];
        hkdf.expand(&unhex("f0f1f2f3f4f5f6f7f8f9"), &mut okm).unwrap();
        assert_eq!(
            okm.to_vec(),
            unhex(concat!(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
                "34007208d5b887185865"
            ))
        );
    }

    #[test]
    fn fields_do_not_flow_into_each_other() {
        let info = |id, algorithm| Purpose { kind: "key", id, algorithm, generation: 1 }.info(0);
        assert_ne!(info("ab", "c"), info("a", "bc"));
        assert_eq!(
            info("ä", "x"),
            b"\0\0\0\x14pkiplan derivation 1\0\0\0\x03key\0\0\0\x02\xc3\xa4\0\0\0\x01x\0\0\0\x01\0\0\0\0"
        );
    }

    #[test]
    fn passwords_and_tokens_have_their_shape() {
        let secret = Secret::from_bytes([7; 32]);
        let long = password(&secret, "p", 1, 5000);
        assert_eq!(long.len(), 5000);
        assert_eq!(long.capacity(), 5000);
        for &character in ALPHABET {
            let times = long.bytes().filter(|&byte| byte == character).count();
            assert!((90..190).contains(&times), "{} occurs {times} times", char::from(character));
        }
        assert!(!long.starts_with(&*password(&secret, "p", 1, 24)), "lengths are unrelated");
        assert_ne!(password(&secret, "p", 1, 24), password(&secret, "p", 2, 24));
        let token = token(&secret, "t", 1);
        assert_eq!((token.len(), token.find('.')), (23, Some(6)));
    }

    #[test]
    fn digests_depend_on_the_secret() {
        let digest = keyed_digest(&Secret::from_bytes([7; 32]), b"guess");
        assert_eq!(digest, keyed_digest(&Secret::from_bytes([7; 32]), b"guess"));
        assert_ne!(digest, keyed_digest(&Secret::from_bytes([8; 32]), b"guess"));
    }
}
