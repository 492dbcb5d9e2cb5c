//! Shortens lists of ids in messages.

/// How many ids a message lists.
pub(super) const LISTED: usize = 5;

/// The first few of some ids, and how many more there are.
#[must_use]
pub fn listed(ids: &[&str]) -> String {
    let first: Vec<String> = ids.iter().take(LISTED).map(|id| format!("`{id}`")).collect();
    match ids.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
