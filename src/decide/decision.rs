//! The decision about one certificate.

use crate::specification::{Difference, KeyIdentity};
use crate::values::{Instant, Serial};

/// What becomes of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Kept or made.
    pub action: Action,
    /// Its serial number.
    pub serial: Serial,
    /// First second of validity.
    pub not_before: Instant,
    /// Last second of validity.
    pub not_after: Instant,
    /// The generation of its key.
    pub generation: u32,
    /// Its key.
    pub key: KeyIdentity,
    /// Of its specification.
    pub fingerprint: [u8; 32],
    /// What the DER's SHA-256 must be, if it is kept and a build with keys has made it before.
    pub recorded_sha256: Option<[u8; 32]>,
}

/// Kept or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It was made elsewhere, and the lock does not know it yet.
    Import,
    /// It is new.
    Issue,
    /// The lock's decisions stand.
    Keep,
    /// It is not what was recorded.
    Reissue {
        /// Field by field; never empty.
        differences: Vec<Difference>,
    },
    /// Others made it, and it is not what was recorded.
    Replace {
        /// Field by field; never empty.
        differences: Vec<Difference>,
    },
    /// It is what was recorded, and gets new dates because that was asked for.
    Renew {
        /// Whether its key is a new one, too.
        rekey: bool,
    },
}
