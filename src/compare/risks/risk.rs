//! One risk.

use serde::Serialize;

/// How many names a sentence lists.
const LISTED: usize = 4;

/// Something that becomes riskier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Risk {
    /// Which kind.
    pub risk: RiskKind,
    /// What, in a sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Kinds of risks, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskKind {
    /// Trust comes or goes too early.
    EarlyTrust,
    /// An id is lost by a rename without `was`.
    IdLost,
    /// An authority signs with another key.
    AuthorityKey,
    /// More groups than before.
    WiderGroups,
    /// Encryption keys change places.
    EncryptionOrder,
    /// A name is gone that somebody dials.
    NameRemoved,
    /// What votes gets members, or loses some.
    Members,
    /// A private key comes to a host that did not have it.
    KeySpreads,
    /// Less time than a renewal takes.
    ShortValidity,
    /// The catalog is not the one that the old lock pins.
    Catalog,
}

impl RiskKind {
    /// The risk with its sentence, and what to do about it; an empty help says nothing.
    pub(super) fn of(self, message: String, help: &str) -> Risk {
        Risk { risk: self, message, help: (!help.is_empty()).then(|| help.to_owned()) }
    }
}

/// Names in a sentence: the first few, and how many more there are.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let first = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
