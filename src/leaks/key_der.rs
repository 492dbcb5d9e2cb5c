//! Finds private keys in binary files: DER (PKCS#8, PKCS#1, SEC 1), PKCS#12, Java keystores, OpenSSH's binary format.
//!
//! It searches at every offset, so formats that store files unchanged, such as tar, need no reader.

use std::ops::Range;

use zeroize::Zeroizing;

use super::leak::{Hit, What};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// `[0]` and `[1]`, explicit.
const PARAMETERS: u8 = 0xa0;
const POINT: u8 = 0xa1;

/// pkcs-5 (RFC 8018) and pkcs-12 pbe (RFC 7292, appendix C): what encrypts with a password.
const PASSWORD_SCHEMES: [&[u8]; 2] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01],
];
/// pkcs-7 (RFC 2315), which a PKCS#12 file begins with.
const PKCS7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
/// keyBag and pkcs8ShroudedKeyBag (RFC 7292, 4.2) are below it, as 1 and 2.
const BAGS: &[u8] = &[OBJECT_IDENTIFIER, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];

/// Lengths of scalars in bytes: from 192 to 521 bits.
const SCALARS: Range<usize> = 24..67;
/// The least bytes of an RSA modulus that is worth something: 512 bits.
const SHORTEST_MODULUS: usize = 64;

/// The magic numbers of JKS and JCEKS (sun.security.provider.JavaKeyStore).
const JAVA: [[u8; 4]; 2] = [[0xfe, 0xed, 0xfe, 0xed], [0xce, 0xce, 0xce, 0xce]];
/// The tag of an entry with a private key, and with a secret key of JCEKS.
const PRIVATE_ENTRIES: [u32; 2] = [1, 3];
/// The tag of an entry with a certificate.
const TRUSTED: u32 = 2;

/// More entries than trust stores have.
const MOST_ENTRIES: u32 = 1000;

/// An OpenSSH key without its armour.
const OPENSSH: &[u8] = b"openssh-key-v1\0\0\0\0";

pub(super) fn find(bytes: &[u8]) -> Vec<Hit> {
    let bag = |window: &[u8]| window.starts_with(BAGS) && matches!(window[BAGS.len()], 1 | 2);
    let has_bag = bytes.windows(BAGS.len() + 1).any(bag);
    let mut hits = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match at_offset(&bytes[at..], has_bag) {
            Some((what, length, key)) => {
                hits.push(Hit { what, span: at..at + length, key });
                at += length;
            }
            None => at += 1,
        }
    }
    hits
}

type Found = (What, usize, Option<Zeroizing<Vec<u8>>>);

fn at_offset(bytes: &[u8], has_bag: bool) -> Option<Found> {
    match bytes[0] {
        SEQUENCE => sequence(bytes, has_bag),
        0xfe | 0xce => java(bytes).then_some((What::Keystore, bytes.len(), None)),
        b'o' => openssh(bytes),
        _ => None,
    }
}

/// An element: its tag, its content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The length of a sequence as it says it, header included, whether it is there or not.
pub(super) fn length(der: &[u8]) -> Option<usize> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let whole = match first {
        0..=0x7f => 2 + usize::from(first),
        0x81..=0x83 => {
            let digits = rest.get(..usize::from(first - 0x80))?;
            2 + digits.len() + digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))
        }
        _ => return None,
    };
    (tag == SEQUENCE).then_some(whole)
}

fn sequence(bytes: &[u8], has_bag: bool) -> Option<Found> {
    let (_, content, rest) = element(bytes)?;
    let whole = bytes.len() - rest.len();
    let what = kind(content, has_bag)?;
    let key = (what == What::PrivateKey).then(|| Zeroizing::new(bytes[..whole].to_vec()));
    Some((what, whole, key))
}

fn kind(content: &[u8], has_bag: bool) -> Option<What> {
    let (tag, first, rest) = element(content)?;
    match (tag, first) {
        // Version 0, or 1 with a public key (RFC 5958, 2).
        (INTEGER, [0]) if is_pkcs8(rest) || is_pkcs1(rest) => Some(What::PrivateKey),
        (INTEGER, [1]) if is_pkcs8(rest) || is_sec1(rest) => Some(What::PrivateKey),
        (INTEGER, [3]) if has_bag && is_pkcs12(rest) => Some(What::Keystore),
        (SEQUENCE, algorithm) if is_encrypted(algorithm, rest) => Some(What::EncryptedKey),
        _ => None,
    }
}

/// RFC 5208, 5: an algorithm and an OCTET STRING.
fn is_pkcs8(rest: &[u8]) -> bool {
    let parts = element(rest).and_then(|(tag, algorithm, rest)| {
        let (inner, _, _) = element(algorithm)?;
        let (octets, key, _) = element(rest)?;
        Some((tag, inner, octets, key.len()))
    });
    // A seed of Ed25519 is the shortest.
    parts.is_some_and(|(tag, inner, octets, length)| {
        (tag, inner, octets) == (SEQUENCE, OBJECT_IDENTIFIER, OCTET_STRING) && length >= 32
    })
}

/// RFC 8017, A.1.2: the modulus and eight other integers with the version.
fn is_pkcs1(rest: &[u8]) -> bool {
    let mut rest = rest;
    let mut lengths = Vec::new();
    while lengths.len() < 8
        && let Some((INTEGER, integer, behind)) = element(rest)
    {
        lengths.push(integer.len());
        rest = behind;
    }
    lengths.len() == 8 && lengths[0] > SHORTEST_MODULUS && lengths[1] <= 8 && lengths[2] * 2 > lengths[0]
}

/// RFC 5915, 3: a scalar, and the curve or the point, of which one is always there.
fn is_sec1(rest: &[u8]) -> bool {
    let Some((OCTET_STRING, scalar, rest)) = element(rest) else { return false };
    SCALARS.contains(&scalar.len()) && matches!(element(rest), Some((PARAMETERS | POINT, ..)))
}

/// RFC 7292, 4. What is within is not opened, but bags of keys can be seen.
fn is_pkcs12(rest: &[u8]) -> bool {
    let Some((SEQUENCE, safe, _)) = element(rest) else { return false };
    matches!(element(safe), Some((OBJECT_IDENTIFIER, kind, _)) if kind.starts_with(PKCS7))
}

/// RFC 5958, 3: an algorithm that works with a password, and an OCTET STRING.
fn is_encrypted(algorithm: &[u8], rest: &[u8]) -> bool {
    let Some((OBJECT_IDENTIFIER, scheme, _)) = element(algorithm) else { return false };
    PASSWORD_SCHEMES.iter().any(|arc| scheme.starts_with(arc))
        && matches!(element(rest), Some((OCTET_STRING, key, [])) if key.len() >= 32)
}

/// Whether an entry has a private key; those before it are certificates.
fn java(bytes: &[u8]) -> bool {
    let Some((magic, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let Some((version, rest)) = number(rest) else { return false };
    let Some((entries, mut rest)) = number(rest) else { return false };
    if !JAVA.contains(magic) || !(1..=2).contains(&version) {
        return false;
    }
    for _ in 0..entries.min(MOST_ENTRIES) {
        match number(rest) {
            Some((tag, _)) if PRIVATE_ENTRIES.contains(&tag) => return true,
            Some((TRUSTED, entry)) => match behind_certificate(entry, version) {
                Some(behind) => rest = behind,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u32::from_be_bytes(*number), rest))
}

/// Behind an alias, a date, the certificate's type from version 2 on, and the certificate.
fn behind_certificate(entry: &[u8], version: u32) -> Option<&[u8]> {
    let rest = behind_text(entry)?.get(8..)?;
    let rest = if version == 2 { behind_text(rest)? } else { rest };
    let (length, rest) = number(rest)?;
    rest.get(length as usize..)
}

fn behind_text(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.get(usize::from(u16::from_be_bytes(*length))..)
}

fn openssh(bytes: &[u8]) -> Option<Found> {
    let rest = bytes.strip_prefix(OPENSSH)?;
    // The length of the cipher's name, of which three bytes are zero, and the name.
    let open = rest.starts_with(b"\x04none");
    Some((if open { What::PrivateKey } else { What::EncryptedKey }, bytes.len(), None))
}
