//! A risk, its kind and its severity.

use schemars::JsonSchema;
use serde::Serialize;

/// How many names a sentence lists.
const LISTED: usize = 4;

/// Something that becomes riskier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Risk {
    /// How bad it is.
    pub severity: Severity,
    /// Which kind.
    pub risk: RiskKind,
    /// What, in a sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What has to be true before the next commit, each with how to see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
}

/// How bad a risk is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Somebody may take the cluster over, or all that it holds is lost. No report leaves one out.
    High,
    /// Something may stop, or has to be done by hand.
    Medium,
}

/// Kinds of risks, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RiskKind {
    /// Nothing stays of what stores the cluster's objects.
    Emptied,
    /// What stores the cluster's objects may not read what a newer version has stored.
    Downgrade,
    /// Somebody gains rights over the whole cluster.
    Administrator,
    /// A component accepts clients of one more authority.
    TrustedAuthority,
    /// A host gains a key that signs for the cluster.
    SigningKey,
    /// A flag or a field that decides who may do what has another value.
    Sensitive,
    /// Something else runs as root.
    Code,
    /// A certificate can stand in for the API server.
    ServerName,
    /// Clients connect to another place.
    Destination,
    /// A key or a plan from elsewhere is trusted.
    Imported,
    /// A secret or key is sealed to others, or may be.
    Recipients,
    /// The lock says what nothing explains, or no longer says what a build recorded.
    Lock,
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
    /// What was revoked counts again, or a revocation list changes under its old number.
    Revocation,
    /// A name is gone that somebody dials.
    NameRemoved,
    /// A name that clients take from now on, and servers do not have yet.
    NameMissing,
    /// What votes gets members, or loses some.
    Members,
    /// The running cluster holds something that a change of the plan does not move.
    RunningState,
    /// Versions that run side by side for a while are too far apart, or go back.
    Versions,
    /// A private key comes to a host that did not have it.
    KeySpreads,
    /// Less time than a renewal takes.
    ShortValidity,
    /// The catalog is not the one that the old lock pins.
    Catalog,
}

impl RiskKind {
    /// The word of it, as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            RiskKind::Emptied => "emptied",
            RiskKind::Downgrade => "downgrade",
            RiskKind::Administrator => "administrator",
            RiskKind::TrustedAuthority => "trusted-authority",
            RiskKind::SigningKey => "signing-key",
            RiskKind::Sensitive => "sensitive",
            RiskKind::Code => "code",
            RiskKind::ServerName => "server-name",
            RiskKind::Destination => "destination",
            RiskKind::Imported => "imported",
            RiskKind::Recipients => "recipients",
            RiskKind::Lock => "lock",
            RiskKind::EarlyTrust => "early-trust",
            RiskKind::IdLost => "id-lost",
            RiskKind::AuthorityKey => "authority-key",
            RiskKind::WiderGroups => "wider-groups",
            RiskKind::EncryptionOrder => "encryption-order",
            RiskKind::Revocation => "revocation",
            RiskKind::NameRemoved => "name-removed",
            RiskKind::NameMissing => "name-missing",
            RiskKind::Members => "members",
            RiskKind::RunningState => "running-state",
            RiskKind::Versions => "versions",
            RiskKind::KeySpreads => "key-spreads",
            RiskKind::ShortValidity => "short-validity",
            RiskKind::Catalog => "catalog",
        }
    }

    /// How bad every risk of the kind is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            RiskKind::Emptied
            | RiskKind::Downgrade
            | RiskKind::Administrator
            | RiskKind::TrustedAuthority
            | RiskKind::SigningKey
            | RiskKind::Sensitive
            | RiskKind::Code
            | RiskKind::ServerName
            | RiskKind::Destination
            | RiskKind::Imported
            | RiskKind::Recipients
            | RiskKind::Lock => Severity::High,
            RiskKind::EarlyTrust
            | RiskKind::IdLost
            | RiskKind::AuthorityKey
            | RiskKind::WiderGroups
            | RiskKind::EncryptionOrder
            | RiskKind::Revocation
            | RiskKind::NameRemoved
            | RiskKind::NameMissing
            | RiskKind::Members
            | RiskKind::RunningState
            | RiskKind::Versions
            | RiskKind::KeySpreads
            | RiskKind::ShortValidity
            | RiskKind::Catalog => Severity::Medium,
        }
    }

    /// The risk with its sentence, and what to do about it; an empty help says nothing.
    pub(super) fn of(self, message: String, help: &str) -> Risk {
        Risk {
            severity: self.severity(),
            risk: self,
            message,
            help: (!help.is_empty()).then(|| help.to_owned()),
            checks: Vec::new(),
        }
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
