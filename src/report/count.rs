//! Numbers with their words.

/// A number with its word: `1 host`, `2 hosts`.
#[must_use]
pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
