//! The validity periods of a changed certificate, before and after.

use schemars::JsonSchema;
use serde::Serialize;

use crate::decide::Decision;
use crate::inspect;
use crate::lock::CertificateRecord;
use crate::values::Instant;

/// The dates of a certificate that is not what it was.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Dates {
    /// What they were; none: it was not there, or cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Period>,
    /// What they are; none: it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Period>,
}

/// From when to when a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Period {
    /// The first second.
    #[schemars(with = "String")]
    pub not_before: Instant,
    /// The last second.
    #[schemars(with = "String")]
    pub not_after: Instant,
}

impl From<&CertificateRecord> for Period {
    fn from(record: &CertificateRecord) -> Self {
        Self { not_before: record.not_before, not_after: record.not_after }
    }
}

impl From<&Decision> for Period {
    fn from(decision: &Decision) -> Self {
        Self { not_before: decision.not_before, not_after: decision.not_after }
    }
}

impl Period {
    /// Of a certificate that was found; none where it has dates that nothing of ours has.
    pub(super) fn found(found: &inspect::CertificateDescription) -> Option<Self> {
        Some(Self { not_before: found.not_before.parse().ok()?, not_after: found.not_after.parse().ok()? })
    }
}
