//! A certificate, revocation list or token that expires.

use std::sync::Arc;

use super::state::State;
use crate::resolve::{AuthorityIndex, Keyring};
use crate::specification::CertificateIndex;
use crate::values::Instant;

/// One thing of plan or lock that ends.
#[derive(Debug, Clone, Copy)]
pub struct Expiry<'a> {
    /// Its id, as the lock has it.
    pub id: &'a Arc<str>,
    /// What it is.
    pub ending: Ending<'a>,
    /// The first second of its validity; none: it is not made yet, or has none.
    pub not_before: Option<Instant>,
    /// The last second of its validity; none: it is not made yet.
    pub not_after: Option<Instant>,
    /// How it stands.
    pub state: State,
}

/// What ends.
#[derive(Debug, Clone, Copy)]
pub enum Ending<'a> {
    /// A certificate of the blueprint that is made here.
    Certificate(CertificateIndex),
    /// A certificate of the blueprint that was made elsewhere: an authority's.
    ImportedAuthority(CertificateIndex),
    /// A certificate of the blueprint that others made: of a host or a client.
    Imported(CertificateIndex),
    /// The revocation list of an authority, which files of the plan hold.
    Crl(AuthorityIndex),
    /// The token of a keyring that is in use.
    Token(&'a Keyring),
    /// What the lock has, and the plan no more.
    Gone(Kind),
}

/// Which kind of thing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A certificate that is made here.
    Certificate,
    /// An authority's certificate that was made elsewhere.
    ImportedAuthority,
    /// A certificate of a host or a client that others made.
    Imported,
    /// A revocation list.
    Crl,
    /// A token.
    Token,
}

impl Expiry<'_> {
    /// What it is called: its id, and of a revocation list whose it is.
    #[must_use]
    pub fn name(&self) -> String {
        match self.ending {
            Ending::Crl(_) => format!("CRL of {}", self.id),
            _ => self.id.to_string(),
        }
    }
}

impl Ending<'_> {
    /// Which kind of thing it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Ending::Certificate(_) => Kind::Certificate,
            Ending::ImportedAuthority(_) => Kind::ImportedAuthority,
            Ending::Imported(_) => Kind::Imported,
            Ending::Crl(_) => Kind::Crl,
            Ending::Token(_) => Kind::Token,
            Ending::Gone(kind) => kind,
        }
    }

    /// Which certificate of the blueprint it is.
    #[must_use]
    pub fn certificate(self) -> Option<CertificateIndex> {
        match self {
            Ending::Certificate(position)
            | Ending::ImportedAuthority(position)
            | Ending::Imported(position) => Some(position),
            Ending::Crl(_) | Ending::Token(_) | Ending::Gone(_) => None,
        }
    }
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Certificate => "certificate",
            Kind::ImportedAuthority => "imported-authority",
            Kind::Imported => "imported-certificate",
            Kind::Crl => "crl",
            Kind::Token => "token",
        }
    }
}
