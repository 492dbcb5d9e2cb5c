//! Finds pkiplan's own secrets.

use zeroize::Zeroizing;

use super::escape::characters;
use super::leak::{Hit, What};
use super::text::places;

/// Bytes of a secret.
const SECRET: usize = 32;

/// Knows a secret from other bytes.
pub(super) type IsSecret<'a> = &'a dyn Fn(&[u8; SECRET]) -> bool;

/// What stands before the digits.
pub(super) const FORMAT: &str = "pkiplan-secret-1";

/// Digits of a secret.
const DIGITS: usize = 2 * SECRET;

/// `pkiplan-secret-1` and 64 digits, wherever they stand.
pub(super) fn find(bytes: &[u8]) -> Vec<Hit> {
    places(bytes, FORMAT.as_bytes())
        .filter_map(|start| digits(bytes, start + FORMAT.len()).map(|end| Hit::new(What::Secret, start..end)))
        .collect()
}

/// Where the digits end that begin at `at`, or behind quotes and spaces.
fn digits(bytes: &[u8], at: usize) -> Option<usize> {
    let mut digits = 0;
    for (character, end) in characters(bytes, at).take(2 * DIGITS) {
        match character {
            _ if character.is_ascii_hexdigit() => digits += 1,
            b' ' | b'\t' | b'\n' | b'\r' | b'+' | b'"' | b'\'' | b':' | b'=' | b',' => {}
            _ => return None,
        }
        if digits == DIGITS {
            return Some(end);
        }
    }
    None
}

/// A secret without the word before it, which alone could be anything.
pub(super) fn bare(bytes: &[u8], is_secret: IsSecret<'_>) -> Option<Hit> {
    // A line break may follow.
    let bare = bytes.get(..SECRET).filter(|_| bytes.len() <= SECRET + 2)?;
    let bare = Zeroizing::new(<[u8; SECRET]>::try_from(bare).ok()?);
    is_secret(&bare).then(|| Hit::new(What::Secret, 0..bytes.len()))
}
