//! One changed field of a certificate.

use schemars::JsonSchema;
use serde::Serialize;

use crate::expand::Cause;
use crate::specification::Difference;

/// One field of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FieldChange {
    /// What differs.
    #[schemars(with = "String")]
    pub difference: Difference,
    /// What of plan or catalog stands behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub because_of: Option<Cause>,
}
