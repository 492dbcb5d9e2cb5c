//! Differences between hosts and the plan other than file contents, as types for the report.

use schemars::JsonSchema;
use serde::Serialize;

use super::dates::Dates;
use super::done::Done;
use super::field::FieldChange;
use super::line::Line;

/// What hosts have and run, against the plan.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Drift {
    /// The hosts whose files were given, in the order of the plan.
    pub hosts: Vec<HostDrift>,
    /// What servers show that were asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub served: Vec<Served>,
}

/// One host whose files were given.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HostDrift {
    /// Its name.
    pub host: String,
    /// Programs that do not run as planned, sorted by name.
    pub programs: Vec<ProgramChange>,
    /// Absolute paths beside planned files that nobody planned; a folder ends in `/`. They are no difference.
    pub unplanned: Vec<String>,
    /// Absolute paths of planned files that lie outside of what was given.
    pub unseen: Vec<String>,
    /// What cannot be read, and why: `PLACE: WHY`.
    pub unread: Vec<String>,
}

/// A program that a host does not run as the plan has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ProgramChange {
    /// Added: the plan has it, and the host does not run it. Removed: the other way round.
    pub change: Done,
    /// The component.
    pub component: String,
    /// The unit, or the pod with its namespace.
    pub name: String,
    /// Where the host says that it runs; of one that it does not run, where the plan does.
    pub at: String,
    /// What it gets that it should not, or the other way round.
    pub inputs: Vec<InputChange>,
}

/// What a program gets: a flag after all files and variables, its user, its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct InputChange {
    /// What differs, from what the host has to what the plan has.
    pub line: Line,
    /// Where on the host it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// What a server shows that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Served {
    /// The host.
    pub host: String,
    /// What listens there, `COMPONENT.LISTEN`; none: nothing that the plan has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Where it was asked.
    pub address: String,
    /// What it shows.
    pub shows: Shows,
    /// The certificate that the plan has there, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// SHA-256 of the certificate that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The subject and the issuer of what it shows, where that is another certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Whether what it shows has ended.
    pub expired: bool,
    /// Field by field.
    pub differences: Vec<FieldChange>,
    /// From when to when it is valid, and what the plan has there.
    pub dates: Dates,
    /// In a sentence.
    pub says: String,
}

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shows {
    /// What the plan has there.
    Planned,
    /// Another certificate that says the same: an older one.
    Older,
    /// Another certificate.
    Other,
    /// Nothing: it was not reached, or does not speak TLS.
    Nothing,
}

impl HostDrift {
    /// Whether it runs what the plan has.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.programs.is_empty()
    }
}

impl Served {
    /// Whether it shows what the plan has there, and that has not ended.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.shows == Shows::Planned && !self.expired
    }
}

impl Drift {
    /// Whether all is as the plan has it.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.hosts.iter().all(HostDrift::is_planned) && self.served.iter().all(Served::is_planned)
    }
}

impl std::fmt::Display for InputChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.line)?;
        match &self.at {
            Some(at) => write!(f, "  ({at})"),
            None => Ok(()),
        }
    }
}
