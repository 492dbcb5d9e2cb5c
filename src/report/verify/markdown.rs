//! The result of a proof as a Markdown comment.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::proven::Proven;
use super::{mended, text};
use crate::diagnostics::Severity;
use crate::report::inline::{code, fenced, prose};

/// Places that are listed of one finding.
const LISTED: usize = 20;

/// The whole report.
#[must_use]
pub fn to_markdown(proven: &Proven<'_>) -> String {
    let mut page = String::from("### Connections\n\n");
    for group in proven.groups() {
        let severity = if group.finding.fault.severity() == Severity::Error { "Error" } else { "Warning" };
        let _ = writeln!(
            page,
            "- **{severity}** {} {}",
            code(group.finding.fault.code().name()),
            prose(&group.sentence)
        );
        let lines: BTreeSet<String> =
            group.of.iter().map(|(finding, _)| text::ends(proven, finding)).collect();
        for line in lines.iter().take(LISTED) {
            let _ = writeln!(page, "  - {}", code(line));
        }
        if lines.len() > LISTED {
            let _ = writeln!(page, "  - and {} more", lines.len() - LISTED);
        }
        if let Some(places) = text::written(&group) {
            let _ = writeln!(page, "  - in the plan: {}", code(&places));
        }
    }
    page.push_str("\n| client | server | hold | broken | not known |\n|---|---|--:|--:|--:|\n");
    for (kind, count) in proven.matrix() {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} |",
            code(&kind.from()),
            code(&kind.to()),
            count.holds,
            count.broken,
            count.unknown
        );
    }
    let _ = writeln!(page, "\n{}", prose(&text::last(proven)));
    if let Some(fix) = proven.fix {
        page.push_str("\n### Fix\n\n");
        for line in mended::lines(fix) {
            let _ = writeln!(page, "- {}", prose(&line));
        }
        if let Some(patch) = &fix.patch {
            page.push('\n');
            fenced(&patch.lines().map(str::to_owned).collect::<Vec<_>>(), &mut page);
        }
    }
    page
}
