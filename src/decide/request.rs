//! The options of one run that influence decisions, such as the time and the certificates to renew.

use std::collections::BTreeSet;

use super::generation::Generation;
use super::reached::Reached;
use super::renewals::Renew;
use crate::values::Instant;

/// What is asked of one run beside the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When new certificates are decided.
    pub at: Instant,
    /// Generations that are given up at once, although something hangs on them.
    pub drop_trust: BTreeSet<Generation>,
    /// What gets new dates although nothing of it differs.
    pub renew: Option<Renew>,
    /// What has reached the hosts.
    pub reached: Reached,
}

impl Request {
    /// What a build at this instant does by itself.
    #[must_use]
    pub fn new(at: Instant) -> Self {
        Self { at, drop_trust: BTreeSet::new(), renew: None, reached: Reached::default() }
    }
}
