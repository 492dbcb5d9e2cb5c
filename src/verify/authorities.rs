//! The authorities that a plan knows.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::judge::{Likeness, likeness};

/// All authorities that the plan knows.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    /// SHA-256 of their certificates.
    pub certificates: BTreeSet<[u8; 32]>,
    /// Certificates of them in DER, as far as they are at hand: who has the name and the key of one of them is that authority
    /// to whoever verifies a path (RFC 5280, 6.1; Go's crypto/x509 compares nothing else).
    pub anchors: Vec<Vec<u8>>,
}

impl Authorities {
    pub(super) fn knows(&self, der: &[u8]) -> bool {
        self.certificates.contains::<[u8; 32]>(&Sha256::digest(der).into())
    }

    /// What a certificate that is none of theirs has in common with them.
    pub(super) fn likeness(&self, der: &[u8]) -> Likeness {
        let all = self.anchors.iter().map(|known| likeness(known, der));
        all.max().unwrap_or(Likeness::Others)
    }
}
