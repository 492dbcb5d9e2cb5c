//! The result of a proof as one self-contained HTML page.
//!
//! The page shows hosts as a drawing with a line for the connections between two of them, and a slider over time.

mod drawing;
mod groups;

use std::fmt::Write as _;

use super::proven::{Group, Proven};
use super::{mended, text};
use crate::diagnostics::Severity;
use crate::report::escaped::escaped;
use crate::report::page::Page;
use crate::values::{Instant, counted};
use crate::verify::Verdict;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Places that are listed of one finding.
const LISTED: usize = 40;

/// The whole page. `at` is the instant for which it was proven.
#[must_use]
pub fn to_html(proven: &Proven<'_>, name: &str, at: Instant) -> String {
    let mut page = String::new();
    summary(proven, at, &mut page);
    drawing::drawing(proven, at, &mut page);
    findings(proven, &mut page);
    fix(proven, &mut page);
    matrix(proven, &mut page);
    Page { title: &format!("{name}: connections"), style: STYLE, body: &page, script: SCRIPT }.html()
}

fn summary(proven: &Proven<'_>, at: Instant, page: &mut String) {
    let count = |wanted: fn(&Verdict) -> bool| {
        proven.proof.connections.iter().filter(|connection| wanted(&connection.verdict)).count()
    };
    let holds = count(|verdict| matches!(verdict, Verdict::Holds(_)));
    let broken = count(|verdict| *verdict == Verdict::Broken);
    let unknown = proven.proof.connections.len() - holds - broken;
    let _ = write!(page, "<p>{} proven for {at}", counted(holds, "connection"));
    if broken > 0 {
        let _ = write!(page, ", <strong class=\"broken\">{broken} broken</strong>");
    }
    if unknown > 0 {
        let _ = write!(page, ", {unknown} not known");
    }
    if let Some(until) = proven.proof.until {
        let _ = write!(page, "; valid until {until}");
    }
    page.push_str(".</p>\n");
    if proven.rehearsed {
        page.push_str("<p>Proven with a throw-away secret; add --with-secret to prove the real keys.</p>\n");
    }
}

fn findings(proven: &Proven<'_>, page: &mut String) {
    let groups = proven.groups();
    if groups.is_empty() {
        page.push_str("<p>No problems found.</p>\n");
        return;
    }
    page.push_str("<h2>Problems</h2>\n");
    groups.iter().for_each(|group| finding(proven, group, page));
}

fn finding(proven: &Proven<'_>, group: &Group<'_>, page: &mut String) {
    let class = if group.finding.fault.severity() == Severity::Error { "error" } else { "warning" };
    let _ = write!(
        page,
        "<details class=\"{class}\" open><summary>{} <code>{}</code></summary>\n<ul>\n",
        escaped(&group.sentence),
        group.finding.fault.code()
    );
    let lines: std::collections::BTreeSet<String> =
        group.of.iter().map(|(finding, _)| text::ends(proven, finding)).collect();
    for line in lines.iter().take(LISTED) {
        let _ = writeln!(page, "<li>{}</li>", escaped(line));
    }
    if lines.len() > LISTED {
        let _ = writeln!(page, "<li>and {} more</li>", lines.len() - LISTED);
    }
    if let Some(places) = text::written(group) {
        let _ = writeln!(page, "<li>in the plan: {}</li>", escaped(&places));
    }
    page.push_str("</ul></details>\n");
}

fn fix(proven: &Proven<'_>, page: &mut String) {
    let Some(fix) = proven.fix else { return };
    page.push_str("<h2>Fix</h2>\n<ul>\n");
    for line in mended::lines(fix) {
        let _ = writeln!(page, "<li>{}</li>", escaped(&line));
    }
    page.push_str("</ul>\n");
    if let Some(patch) = &fix.patch {
        let lines: Vec<String> = patch.lines().map(escaped).collect();
        let _ = writeln!(page, "<pre class=\"patch\">{}</pre>", lines.join("\n"));
    }
}

fn matrix(proven: &Proven<'_>, page: &mut String) {
    page.push_str(
        "<h2>Who connects to whom</h2>\n<table>\n<tr><th>client</th><th>server</th><th>hold</th><th>broken</th>\
         <th>not known</th></tr>\n",
    );
    for (kind, count) in proven.matrix() {
        let class = if count.broken > 0 { " class=\"broken\"" } else { "" };
        let _ = writeln!(
            page,
            "<tr{class}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&kind.from()),
            escaped(&kind.to()),
            count.holds,
            count.broken,
            count.unknown
        );
    }
    page.push_str("</table>\n");
}
