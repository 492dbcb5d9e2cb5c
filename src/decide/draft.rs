//! All decisions of one build, with the lock that contains them.

use std::sync::Arc;

use super::decision::Decision;
use crate::index::List;
use crate::lock::Lock;
use crate::specification::Specification;

/// All decisions of one build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Of each certificate that was wanted.
    pub certificates: List<Specification, Decision>,
    /// The next lock. Fingerprints of what is kept are in it, those of what is new are not yet.
    pub lock: Lock,
    /// Certificates and then keys that are no longer wanted, each sorted by id.
    pub removed: Vec<Arc<str>>,
}

impl Draft {
    /// Whether the previous lock already says all of this, which is what `--locked` asks. Fingerprints
    /// that were not recorded yet are no decision.
    #[must_use]
    pub fn is_settled(&self, previous: Option<&Lock>) -> bool {
        previous.is_some_and(|previous| previous.decides_like(&self.lock))
    }
}
