//! Finds age identities (<https://age-encryption.org/v1>): Bech32 in capital letters.

use super::leak::{Hit, What};

/// What every identity begins with: one of X25519 goes on with `1`, one that is post-quantum with `PQ-1`.
pub(super) const PREFIX: &str = "AGE-SECRET-KEY-";

/// Characters behind the `1`, the checksum included; post-quantum ones have no fewer.
const LENGTH: usize = 58;

/// The characters of Bech32 (BIP 173).
const CHARACTERS: &[u8] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

pub(super) fn find(bytes: &[u8]) -> Vec<Hit> {
    let prefix = PREFIX.as_bytes();
    let first = prefix[0];
    let starts = (0..bytes.len()).filter(|at| bytes[*at].eq_ignore_ascii_case(&first));
    let found = starts.filter_map(|start| {
        let rest = &bytes[start..];
        rest.get(..prefix.len()).filter(|begin| begin.eq_ignore_ascii_case(prefix))?;
        let kind = &rest[PREFIX.len()..];
        let separator = kind.iter().take(4).position(|byte| *byte == b'1')?;
        let part = |byte: &&u8| CHARACTERS.contains(&byte.to_ascii_uppercase());
        let digits = kind[separator + 1..].iter().take_while(part).count();
        let end = start + PREFIX.len() + separator + 1 + digits;
        // One character again and again is a placeholder.
        let drawn = bytes[end - digits..end].windows(2).any(|pair| pair[0] != pair[1]);
        (digits >= LENGTH && drawn).then(|| Hit::new(What::AgeIdentity, start..end))
    });
    found.collect()
}
