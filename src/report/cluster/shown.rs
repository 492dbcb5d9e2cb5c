//! What the page is made from.

use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::values::Instant;

/// What is shown.
pub struct Shown<'a> {
    /// The plan's path.
    pub plan: &'a str,
    /// The expanded plan.
    pub blueprint: &'a Blueprint<'a>,
    /// The dates.
    pub lock: &'a Lock,
    /// Whether the lock is only what a build would decide now.
    pub supposed: bool,
    /// The instant from which days are counted.
    pub at: Instant,
}
