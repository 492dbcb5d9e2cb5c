//! The first sections of the page: numbers, proof, risks, edited tables, causes, and differences of hosts.

use std::fmt::Write as _;

use super::super::chains::chains;
use super::super::summary::{self, chain_parts};
use super::super::{drift, proof};
use super::drawing;
use super::markup::{badge, escaped, head, prose, section, table, word};
use crate::compare::{Comparison, Done, Severity};
use crate::values::counted;

/// How many edited tables are shown at once.
const TABLES: usize = 6;

/// What is found further down, each with its number.
pub(super) fn numbers(comparison: &Comparison, page: &mut String) {
    let Comparison { plan, certificates, units, waves, risks, .. } = comparison;
    let trees = units.iter().map(|unit| unit.names.len()).sum();
    let tiles = [
        ("risks", risks.len(), "risk", String::new()),
        ("plan", plan.len(), "edited table", String::new()),
        ("rollout", waves.len(), "wave", summary::actions(comparison)),
        ("certificates", certificates.len(), "certificate", summary::made(certificates)),
        ("files", trees, "tree", summary::units(units).replace(" trees ", " ").replace(" tree ", " ")),
    ];
    page.push_str("<nav aria-label=\"summary\">\n");
    for (id, count, noun, details) in tiles.into_iter().filter(|(_, count, ..)| *count > 0) {
        let _ = writeln!(
            page,
            "<a href=\"#{id}\" class=\"{id}\"><strong>{}</strong> <span>{}</span></a>",
            counted(count, noun),
            escaped(&details)
        );
    }
    page.push_str("</nav>\n");
}

/// Whether everything works on the way.
pub(super) fn proved(comparison: &Comparison, page: &mut String) {
    let Some(proved) = &comparison.proof else { return };
    let class = if proof::is_bad(proved) { "proof bad" } else { "proof" };
    let _ = writeln!(page, "<p class=\"{class}\">proof: {}</p>", escaped(&proof::line(proved)));
}

pub(super) fn risks(comparison: &Comparison, page: &mut String) {
    if comparison.risks.is_empty() {
        return;
    }
    section("risks", "Risks", page, |page| {
        page.push_str("<ul>\n");
        for risk in &comparison.risks {
            let help = risk.help.as_ref().map_or_else(String::new, |help| format!("<p>{}</p>", prose(help)));
            let (class, high) = match risk.severity {
                Severity::High => (" class=\"high\"", "high: "),
                Severity::Medium => ("", ""),
            };
            let checks: String =
                risk.checks.iter().map(|check| format!("<li>{}</li>", prose(check))).collect();
            let checks =
                if checks.is_empty() { checks } else { format!("<ul class=\"checks\">{checks}</ul>") };
            let message = prose(&risk.message);
            let _ = writeln!(page, "<li{class}><strong>{high}{message}</strong>{help}{checks}</li>");
        }
        page.push_str("</ul>\n");
    });
}

pub(super) fn plan(comparison: &Comparison, page: &mut String) {
    if comparison.plan.is_empty() {
        return;
    }
    let rows = comparison.plan.iter().map(|edit| {
        let lines: Vec<String> = edit.lines.iter().map(|line| escaped(&line.to_string())).collect();
        let lines = if edit.change == Done::Removed { String::new() } else { lines.join("\n") };
        format!(
            "<tr><td>{}</td><th scope=\"row\">{}</th><td><pre>{lines}</pre></td><td class=\"dim\">{}</td></tr>\n",
            badge(word(edit.change)),
            escaped(&edit.table.to_string()),
            escaped(&edit.place)
        )
    });
    let rows: Vec<String> = rows.collect();
    section("plan", "Plan", page, |page| {
        table(&head(&["change", "table", "keys", "place"]), (&rows, TABLES), page)
    });
}

pub(super) fn causes(comparison: &Comparison, page: &mut String) {
    let chains = chains(comparison);
    if chains.is_empty() {
        return;
    }
    section("causes", "Causes", page, |page| {
        page.push_str(
            "<p class=\"dim\">Point at a box, or select it with Tab, to see its causes and effects.</p>\n",
        );
        page.push_str(
            "<div class=\"scrolling\" tabindex=\"0\" role=\"region\" aria-label=\"the graph of causes\">\n",
        );
        page.push_str(&drawing::drawing(comparison));
        page.push_str("</div>\n<details><summary>in words</summary>\n<ul>\n");
        for chain in &chains {
            let parts = chain_parts(chain).join(" → ");
            let _ = writeln!(page, "<li><code>{}</code> → {}</li>", escaped(&chain.name()), escaped(&parts));
        }
        page.push_str("</ul>\n</details>\n");
    });
}

pub(super) fn hosts(comparison: &Comparison, page: &mut String) {
    for part in drift::sections(comparison, true) {
        section(part.title, part.title, page, |page| {
            page.push_str("<ul>\n");
            for entry in &part.entries {
                let lines: String = entry
                    .lines
                    .iter()
                    .map(|line| format!("<li><code>{}</code></li>", escaped(line)))
                    .collect();
                let lines = if lines.is_empty() { lines } else { format!("<ul>{lines}</ul>") };
                let mark = entry.change.map_or_else(String::new, |change| badge(word(change)) + " ");
                let _ = writeln!(page, "<li>{mark}{}{lines}</li>", prose(&entry.head));
            }
            page.push_str("</ul>\n");
        });
    }
}
