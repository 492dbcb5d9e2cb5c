//! The expiry dates on the page, with what breaks then.

use serde::Serialize;

use super::shown::Shown;
use crate::expiry::{entries, groups};
use crate::report::status::breaks;
use crate::values::Duration;

/// What is alike and expires together.
#[derive(Serialize)]
pub(super) struct Ending {
    name: String,
    count: usize,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<i64>,
    breaks: Vec<String>,
}

/// What is soon, in days.
const SOON: i64 = 30;

/// All of it, what expires first, first.
pub(super) fn endings(shown: &Shown<'_>) -> Vec<Ending> {
    let within = Duration::nearest(SOON * 86_400);
    let entries = entries(shown.blueprint, Some(shown.lock()), shown.at, within);
    let ending = |group: crate::expiry::Group<'_>| {
        let end = |entry: Option<&crate::expiry::Expiry<'_>>| Some(entry?.not_after?.unix());
        Ending {
            count: group.entries.len(),
            state: group.entries.first().map_or("", |entry| entry.state.word()),
            first: end(group.entries.first()),
            last: end(group.entries.last()),
            breaks: breaks(shown.blueprint, &group.entries),
            name: group.name,
        }
    };
    groups(shown.blueprint, &entries).into_iter().map(ending).collect()
}
