//! Compares keys that belong to no certificate.

use super::comparison::KeyChange;
use super::done::Done;
use super::state::State;
use crate::lock::{Change, Lock};

/// Those that are not what they were, sorted by id. Authorities' keys are reported with their certificates.
pub(super) fn compare(before: Option<&State<'_>>, after: &State<'_>) -> Vec<KeyChange> {
    let none = Lock::default();
    let old = before.map_or(&none, |before| &before.draft.lock);
    let changes = old.key_changes(&after.draft.lock);
    let reported = changes.into_iter().map(|(id, change)| {
        let (change, differences) = match change {
            Change::Added => (Done::Added, Vec::new()),
            Change::Changed(differences) => (Done::Changed, differences),
            Change::Removed => (Done::Removed, Vec::new()),
        };
        KeyChange { change, id: id.to_string(), differences }
    });
    reported.collect()
}
