//! One field that differs.

use serde::Serialize;

use crate::expand::Cause;
use crate::specification::Difference;

/// One field of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldChange {
    /// What differs.
    pub difference: Difference,
    /// What of plan or catalog stands behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because_of: Option<Cause>,
}
