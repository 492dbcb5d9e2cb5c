//! The libraries whose rules programs use to verify certificates.

/// Whose rules a program judges certificates by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// crypto/x509 and crypto/tls of Go.
    Go,
    /// OpenSSL.
    OpenSsl,
}
