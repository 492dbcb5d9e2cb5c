//! The kinds of change: added, changed or removed.

use schemars::JsonSchema;
use serde::Serialize;

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    /// It was not there.
    Added,
    /// It is another one.
    Changed,
    /// It is not there any more.
    Removed,
}
