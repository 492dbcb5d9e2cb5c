//! The inputs of the page.

use crate::decide::{Action, Draft};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::specification::CertificateIndex;
use crate::values::Instant;

/// What is shown.
pub struct Shown<'a> {
    /// The plan's path.
    pub plan: &'a str,
    /// The expanded plan.
    pub blueprint: &'a Blueprint<'a>,
    /// The lock that is there.
    pub previous: Option<&'a Lock>,
    /// What a build would decide now.
    pub draft: &'a Draft,
    /// The instant from which days are counted.
    pub at: Instant,
}

impl Shown<'_> {
    /// The lock with the dates: the one that is there, else what a build would decide.
    pub(super) fn lock(&self) -> &Lock {
        self.previous.unwrap_or(&self.draft.lock)
    }

    /// Whether the next build reissues a certificate, so that the dates of the lock are not those of what the plan says.
    pub(super) fn is_reissued(&self, certificate: CertificateIndex) -> bool {
        let decision = self.draft.certificates.get(certificate).filter(|_| self.previous.is_some());
        decision.is_some_and(|one| matches!(one.action, Action::Reissue { .. } | Action::Renew { .. }))
    }
}
