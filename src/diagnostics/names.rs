//! Suggestions for unknown names.

/// Names that are compared with one that is not known; a plan can have as many of both as it likes.
const COMPARED: usize = 300;
/// Bytes of names that are compared.
const LONGEST: usize = 256;
/// Names that a help lists.
const LISTED: usize = 24;

/// Whether what was written is probably `known`, misspelt.
#[must_use]
pub fn resembles(written: &str, known: &str) -> bool {
    let longest = written.len().max(known.len());
    let allowed = (longest / 3).clamp(1, 4);
    // Each edit is of one character, of four bytes at most.
    let near = written.len().abs_diff(known.len()) <= 4 * allowed;
    near && longest <= LONGEST && strsim::osa_distance(known, written) <= allowed
}

/// The nearest of `known` to what was written, however far.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer ones are no names, and comparing takes as long as both are.
    let names = known.into_iter().filter(|name| name.len().max(written.len()) <= LONGEST);
    names.min_by_key(|name| strsim::osa_distance(name, written))
}

/// The nearest of `known` to what was written, or the whole list if it is short.
#[must_use]
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut known: Vec<&str> = known.into_iter().take(COMPARED).collect();
    known.sort_unstable();
    known.dedup();
    let near = known.iter().copied().filter(|known| resembles(written, known));
    if let Some(nearest) = nearest(written, near) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    (1..=LISTED).contains(&known.len()).then(|| format!("available: {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_nearest_or_lists_what_there_is() {
        let known = ["certificate", "authority", "node"];
        assert_eq!(did_you_mean("authorty", known).as_deref(), Some("did you mean `authority`?"));
        assert_eq!(did_you_mean("nothing", ["a", "b"]).as_deref(), Some("available: a, b"));
        assert_eq!(did_you_mean("nothing", []), None);
    }

    #[test]
    fn names_of_other_lengths_are_not_compared() {
        let long = "a".repeat(1 << 20);
        assert!(!resembles(&long, "a"));
        assert_eq!(did_you_mean(&long, ["a"]).as_deref(), Some("available: a"));
    }
}
