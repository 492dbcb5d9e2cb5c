//! A text that is made while it is read: that of a lock of many hosts is never in memory as a whole.

use crate::values::hex;
use sha2::{Digest as _, Sha256};

/// Gives a text piece by piece, the same one at each call.
pub type Text<'t> = dyn Fn(&mut dyn FnMut(&[u8])) + 't;

/// Its SHA-256, in hexadecimal digits.
pub(super) fn sha256_of(text: &Text<'_>) -> String {
    let mut hash = Sha256::new();
    text(&mut |piece| hash.update(piece));
    hex(&hash.finalize())
}
