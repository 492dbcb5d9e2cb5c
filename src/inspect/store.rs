//! Describes a PKCS#12 file: its certificates and keys.

use super::block::private_key;
use super::{Description, certificate, key};
use crate::issue::pkcs12_open::{Entry, StoreError, entries};
use crate::values::Instant;

/// Whether a file begins like PKCS#12.
#[must_use]
pub fn is_store(bytes: &[u8]) -> bool {
    key::is_pkcs12(bytes)
}

/// Describes all that a PKCS#12 file holds, in its order. Without a password, what is encrypted is named and stays closed.
///
/// # Errors
/// Why it cannot be read.
pub fn describe_store(
    bytes: &[u8],
    password: Option<&str>,
    now: Instant,
) -> Result<Vec<Description>, StoreError> {
    let found = entries(bytes, password)?;
    Ok(found.iter().map(|entry| description(entry, now)).collect())
}

fn description(entry: &Entry, now: Instant) -> Description {
    let other = |label: &str, problem| Description::Other { label: label.to_owned(), problem };
    match entry {
        Entry::Certificate(der) => certificate::describe(der, now)
            .map(Box::new)
            .map_or_else(|| other("certificate", "it cannot be read"), Description::Certificate),
        Entry::Key(der) => private_key(der)
            .map_or_else(|| other("private key", "it cannot be read"), Description::PrivateKey),
        Entry::SealedKey => Description::EncryptedKey { format: "PKCS#12" },
        Entry::Sealed => other("PKCS#12", "its certificates are encrypted: add `--password-file FILE`"),
        Entry::Other => other("PKCS#12", "it is of a kind that pkiplan does not read"),
    }
}
