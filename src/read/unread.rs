//! Records which keys of a table could not be read.

use std::collections::BTreeSet;

use crate::diagnostics::resembles;

/// The keys of a table that are absent from the document although the plan may have them: misspelt, of the
/// wrong type, or required and reported as missing. Whoever finds such a key absent has nothing to report.
#[derive(Debug, Default)]
pub struct Unread {
    keys: BTreeSet<&'static str>,
    /// Whether a key was so strange that it may be meant for any of the known ones.
    any: bool,
    /// Whether statements of the file are broken: any of them may be one of this table.
    broken: bool,
}

impl Unread {
    /// Whether `key` may have been written and could not be read.
    #[must_use]
    pub fn may_hold(&self, key: &str) -> bool {
        self.any || self.holds(key)
    }

    /// Whether something that was meant for `key` could not be read.
    #[must_use]
    pub fn holds(&self, key: &str) -> bool {
        self.broken || self.keys.contains(key)
    }

    /// Of a table that could not be read itself.
    pub(super) fn everything() -> Self {
        Self { any: true, ..Self::default() }
    }

    /// Adds what could not be read of the same table elsewhere.
    pub(super) fn merge(&mut self, other: Unread) {
        self.keys.extend(other.keys);
        self.any |= other.any;
        self.broken |= other.broken;
    }

    /// Of a table in a file with broken statements.
    pub(super) fn in_broken_file(&mut self) {
        self.broken = true;
    }

    pub(super) fn add(&mut self, key: &'static str) {
        self.keys.insert(key);
    }

    /// Adds the known keys for which an unknown one may be meant.
    pub(super) fn misspelt(&mut self, written: &str, known: &[&'static str]) {
        let meant: Vec<_> = known.iter().filter(|key| resembles(written, key)).collect();
        self.any |= meant.is_empty();
        self.keys.extend(meant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_stands_for_those_that_it_resembles_and_otherwise_for_any() {
        let mut unread = Unread::default();
        unread.misspelt("nodes", &["node", "vip"]);
        assert!(unread.may_hold("node") && !unread.may_hold("vip"));
        unread.misspelt("machines", &["node", "vip"]);
        assert!(unread.may_hold("vip"));
    }
}
