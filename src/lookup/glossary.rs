//! The terms of the glossary page.

use crate::reference::plain;

/// The page.
const PAGE: &str = include_str!("../../docs/glossary.md");

/// A term.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// As the glossary writes it.
    pub name: &'static str,
    meaning: &'static str,
}

impl Term {
    /// What it means, without links.
    #[must_use]
    pub fn meaning(&self) -> String {
        plain(self.meaning)
    }
}

/// The term that a word is, in either case, or its other name in parentheses.
pub(super) fn term(word: &str) -> Option<Term> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| **")?.strip_suffix(" |"));
    rows.filter_map(|row| row.split_once(" | ")).find_map(|(cell, meaning)| {
        let (name, rest) = cell.split_once("**")?;
        let other = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(other, _)| other);
        let is = |known: &str| known.eq_ignore_ascii_case(word);
        (is(name) || other.is_some_and(is)).then_some(Term { name, meaning })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_other_names() {
        for word in ["names", "SAN", "san"] {
            assert_eq!(term(word).unwrap().name, "names");
        }
        assert!(term("Selector").unwrap().meaning().contains("`role:etcd`"));
        assert!(term("").is_none() && term("word").is_none());
    }
}
