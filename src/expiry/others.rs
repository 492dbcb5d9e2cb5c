//! Finds expiring leaf certificates that an outside authority has to issue again.

use std::collections::BTreeSet;

use super::ending::{Ending, Expiry};
use crate::expand::Blueprint;

/// The certificates of hosts and clients that others issue and that nobody accepts, now or soon: as `import --as` calls
/// their places.
#[must_use]
pub fn due_from_others<'b>(blueprint: &'b Blueprint<'_>, entries: &[Expiry<'_>]) -> BTreeSet<&'b str> {
    let due = entries.iter().filter(|entry| entry.state.needs_action());
    let theirs = due.filter_map(|entry| match entry.ending {
        Ending::Imported(position) => Some(&*blueprint.imported(position)?.target),
        _ => None,
    });
    theirs.collect()
}
