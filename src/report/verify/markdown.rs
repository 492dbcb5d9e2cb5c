//! A proof as a comment.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::proven::Proven;
use super::text;
use crate::report::inline::{code, prose};
use crate::verify::Weight;

/// Places that are listed of one finding.
const LISTED: usize = 20;

/// The whole report.
#[must_use]
pub fn to_markdown(proven: &Proven<'_>) -> String {
    let mut page = String::from("### Connections\n\n");
    for group in proven.groups() {
        let weight = if group.finding.fault.weight() == Weight::Error { "Error" } else { "Warning" };
        let _ =
            writeln!(page, "- **{weight}** {} {}", code(group.finding.fault.code()), prose(&group.sentence));
        let lines: BTreeSet<String> = group.of.iter().map(|finding| text::ends(proven, finding)).collect();
        for line in lines.iter().take(LISTED) {
            let _ = writeln!(page, "  - {}", code(line));
        }
        if lines.len() > LISTED {
            let _ = writeln!(page, "  - and {} more", lines.len() - LISTED);
        }
    }
    page.push_str("\n| client | server | hold | broken | not known |\n|---|---|--:|--:|--:|\n");
    for ((client, dial, server), count) in proven.matrix() {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} |",
            code(&format!("{client} ({dial})")),
            code(&server),
            count.holds,
            count.broken,
            count.unknown
        );
    }
    let _ = writeln!(page, "\n{}", prose(&text::last(proven)));
    page
}
