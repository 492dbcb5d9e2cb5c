//! Numbers with nouns in singular or plural.

/// A number with its word: `1 host`, `2 hosts`.
#[must_use]
pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", plural(count, "", "s"))
}

/// What goes with one thing, or with several: `is` and `are`.
#[must_use]
pub fn plural<'w>(count: usize, one: &'w str, several: &'w str) -> &'w str {
    if count == 1 { one } else { several }
}
