//! Spreads the ends of validity periods, so that certificates do not all expire on one day.

use super::serial::digest;
use crate::values::Duration;

/// The first field under the digest.
const VERSION: &str = "pkiplan spread 1";

/// By how many seconds a certificate ends earlier than its validity says: less than `spread`, and always the
/// same for the same id under the same lock.
///
/// Version 1: SHA-256 over `pkiplan spread 1`, the lock's id and the artefact's id, each preceded by its
/// length in bytes as 8 bytes big-endian; of that the first 8 bytes, big-endian, modulo `spread` in seconds.
#[must_use]
pub fn spread_of(lock_id: &str, id: &str, spread: Duration) -> u64 {
    let digest = digest(&[VERSION.as_bytes(), lock_id.as_bytes(), id.as_bytes()]);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first) % spread.seconds()
}
