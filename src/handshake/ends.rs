//! What an end of a handshake presents, and why a handshake fails.

use std::fmt;
use std::sync::Arc;

/// What one end shows.
#[derive(Clone, Copy)]
pub struct Shows<'s> {
    /// Its certificates in DER, the first is its own.
    pub chain: &'s [Arc<[u8]>],
    /// Its key in PEM.
    pub key: &'s str,
}

/// Why a handshake did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The engine cannot use this kind of certificate or key; nothing is said of others.
    CannotTry(String),
    /// The two ends do not agree.
    Refused(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::CannotTry(why) => write!(f, "pkiplan's TLS library cannot do this handshake: {why}"),
            Failed::Refused(why) => write!(f, "the handshake fails: {why}"),
        }
    }
}
