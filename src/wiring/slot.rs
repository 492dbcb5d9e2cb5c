//! An input of a program, such as a flag or a field.

use std::sync::Arc;

use crate::host::Place;

/// The input of a program that says something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// As people write it: `--cert-file`, `tlsCertFile`.
    pub name: Arc<str>,
    /// Where it stands; none: the program's own default, or the plan.
    pub at: Option<Place>,
}
