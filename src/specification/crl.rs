//! The contents of a certificate revocation list (RFC 5280, 5).

use crate::values::{Instant, Serial};

/// What the revocation lists of an authority say, whichever of its keys signs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    /// Grows with every list (RFC 5280, 5.2.3).
    pub number: u64,
    /// When it was issued.
    pub issued: Instant,
    /// By when there is another one: after that nobody takes this one.
    pub expires: Instant,
    /// What is revoked, each serial number once, ascending.
    pub revoked: Vec<Revoked>,
}

/// A certificate that counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number, without leading zeros.
    pub serial: Serial,
    /// Since when it counts no more.
    pub at: Instant,
    /// Why; none: nobody says it.
    pub reason: Option<Reason>,
}

/// Why a certificate counts no more (RFC 5280, 5.3.1). What is for lists of changes or for attribute certificates is left
/// out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "RFC 5280 has their names")]
pub enum Reason {
    AffiliationChanged,
    CaCompromise,
    CertificateHold,
    CessationOfOperation,
    KeyCompromise,
    PrivilegeWithdrawn,
    Superseded,
}

impl Reason {
    /// All of them, by their words.
    pub const WORDS: [(&str, Reason); 7] = [
        ("affiliation-changed", Reason::AffiliationChanged),
        ("ca-compromise", Reason::CaCompromise),
        ("certificate-hold", Reason::CertificateHold),
        ("cessation-of-operation", Reason::CessationOfOperation),
        ("key-compromise", Reason::KeyCompromise),
        ("privilege-withdrawn", Reason::PrivilegeWithdrawn),
        ("superseded", Reason::Superseded),
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, known)| *known == self).map_or("unspecified", |(word, _)| *word)
    }
}

/// How the file of a revocation list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CrlEncoding {
    /// DER: one list and nothing else.
    Der,
    /// PEM (RFC 7468, 6): as many as there are.
    Pem,
}
