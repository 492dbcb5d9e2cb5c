//! The sections with changed certificates, trust and keys.

use super::super::summary::{self, unit_names};
use super::markup::{badge, escaped, head, section, table, unfolding};
use crate::compare::{Comparison, Done};

/// How many rows are shown at once.
const ROWS: usize = 12;

fn rows(comparison: &Comparison) -> Vec<String> {
    let Comparison { certificates, trust, keys, .. } = comparison;
    let mut rows = Vec::new();
    let mut row = |word: &str, who: &str, what: &str, cause: &str| {
        let (word, cause) = (badge(word), escaped(cause));
        rows.push(format!("<tr><td>{word}</td><td>{who}</td><td>{what}</td><td>{cause}</td></tr>\n"));
    };
    for (group, changes) in summary::grouped(certificates) {
        let ids: Vec<&str> = changes.iter().map(|change| &*change.id).collect();
        let reported = group.differences.iter().map(|(difference, _)| difference).chain([&group.dates]);
        let differences: Vec<String> =
            reported.filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
        row(
            group.change.word(),
            &unfolding(&group.who, &ids),
            &pre(&differences.join("\n")),
            &group.causes(),
        );
    }
    for change in trust {
        let word = if change.change == Done::Added { "trusted" } else { "dropped" };
        let all: Vec<String> = change.units.iter().map(ToString::to_string).collect();
        row(
            word,
            &escaped(&change.certificate),
            &unfolding(&format!("on {}", unit_names(&change.units)), &all),
            "",
        );
    }
    for key in keys {
        let differences: Vec<String> = key.differences.iter().map(|difference| escaped(difference)).collect();
        row("key", &escaped(&key.id), &pre(&differences.join("\n")), "");
    }
    rows
}

pub(super) fn certificates(comparison: &Comparison, page: &mut String) {
    let rows = rows(comparison);
    if !rows.is_empty() {
        let head = head(&["change", "certificate", "what differs", "because of"]);
        section("certificates", "Certificates", page, |page| table(&head, (&rows, ROWS), page));
    }
}

fn pre(text: &str) -> String {
    format!("<pre>{text}</pre>")
}
