//! Serial numbers (RFC 5280, 4.1.2.2).

use sha2::{Digest, Sha256};

use super::KeyIdentity;
use crate::values::{Instant, Serial};

/// The first field under the digest.
const VERSION: &str = "pkiplan serial 1";

/// The serial of a certificate: the same for the same certificate, and another for every other.
///
/// Version 1: SHA-256 over these fields, each preceded by its length in bytes as 8 bytes big-endian:
/// `pkiplan serial 1`, the lock's id, the artefact's id, the 32 bytes of the specification's
/// fingerprint, the words of the key's identity, and not-before in seconds since 1970 as 8 bytes
/// big-endian. Of that the first 16 bytes, the top bit cleared and the next one set: then the INTEGER is
/// positive, is never zero, and always has 16 octets (of at most 20), 126 of whose bits are the digest's.
#[must_use]
pub fn serial(
    lock_id: &str,
    id: &str,
    fingerprint: &[u8; 32],
    key: &KeyIdentity,
    not_before: Instant,
) -> Serial {
    let (key, not_before) = (key.to_string(), not_before.unix().to_be_bytes());
    let fields: [&[u8]; 6] =
        [VERSION.as_bytes(), lock_id.as_bytes(), id.as_bytes(), fingerprint, key.as_bytes(), &not_before];
    let digest = digest(&fields);
    let mut serial = [0; 16];
    serial.copy_from_slice(&digest[..16]);
    serial[0] = serial[0] & 0x3f | 0x40;
    serial.into()
}

/// SHA-256 over fields, each preceded by its length in bytes as 8 bytes big-endian.
pub(super) fn digest(fields: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}
