//! SHA-256 digests in hexadecimal.

use sha2::{Digest, Sha256};

use crate::values::hex;

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
