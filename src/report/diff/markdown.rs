//! The report of `pkiplan diff` as a comment on a pull request: GitHub's Markdown with folded details.

use std::fmt::Write as _;

use super::chains::chains;
use super::summary::{self, chain_parts, services, unit_names};
use super::{Named, drift, proof};
use crate::compare::{Comparison, Done, Line, Severity, UnitChange};
use crate::report::inline::{cell, code, fenced, prose, tagged};

/// How many lines of one group of hosts a comment shows; GitHub takes 65536 characters in all.
const LINES: usize = 200;
/// How many characters a comment has at most, with room for what others put around it.
const CHARACTERS: usize = 60_000;

/// Where some files could not be compared.
const NOTHING_KNOWN: &str = "\nNothing changes as far as pkiplan can know.\n";

/// The whole comment.
#[must_use]
pub fn comment(named: &Named, comparison: &Comparison) -> String {
    let mut text = format!("### {} against {}\n", code(&named.after), prose(&named.before));
    let unproven = summary::unproven(comparison);
    if !unproven.is_empty() {
        let _ = writeln!(text, "\n> [!NOTE]\n> {unproven}");
    }
    if comparison.shows_nothing() {
        text.push_str(if unproven.is_empty() { "\nNothing changes.\n" } else { NOTHING_KNOWN });
        hosts(comparison, &mut text);
        return text;
    }
    numbers(comparison, &mut text);
    proved(comparison, &mut text);
    risks(comparison, &mut text);
    plan(comparison, &mut text);
    certificates(comparison, &mut text);
    rollout(comparison, &mut text);
    causes(comparison, &mut text);
    hosts(comparison, &mut text);
    files(comparison, &mut text);
    text
}

fn hosts(comparison: &Comparison, text: &mut String) {
    for section in drift::sections(comparison, false) {
        let _ = writeln!(text, "\n**{}**\n", section.title);
        for entry in section.entries {
            let mark = entry.change.map_or_else(String::new, |change| format!("{} ", sign(change)));
            let _ = writeln!(text, "- {}", prose(&format!("{mark}{}", entry.head)));
            for line in entry.lines {
                let _ = writeln!(text, "  - {}", code(&line));
            }
        }
    }
}

fn numbers(comparison: &Comparison, text: &mut String) {
    let Comparison { certificates, units, waves, .. } = comparison;
    let reported = [
        (!certificates.is_empty()).then(|| format!("certificates: {}", summary::made(certificates))),
        (!units.is_empty()).then(|| summary::units(units)),
        (!waves.is_empty()).then(|| summary::actions(comparison)),
    ];
    let reported: Vec<String> = reported.into_iter().flatten().collect();
    if !reported.is_empty() {
        let _ = writeln!(text, "\n{}", reported.join("; "));
    }
}

fn proved(comparison: &Comparison, text: &mut String) {
    let Some(proved) = &comparison.proof else { return };
    let line = prose(&proof::line(proved));
    let line = if proof::is_bad(proved) { format!("**{line}**") } else { line };
    let _ = writeln!(text, "\nproof: {line}");
}

fn risks(comparison: &Comparison, text: &mut String) {
    if comparison.risks.is_empty() {
        return;
    }
    text.push_str("\n> [!WARNING]\n");
    let (risks, more) = summary::risks(&comparison.risks, false);
    for risk in risks {
        let help = risk.help.as_ref().map_or_else(String::new, |help| format!("<br>{}", prose(help)));
        let high = if risk.severity == Severity::High { "high: " } else { "" };
        let _ = writeln!(text, "> - **{high}{}**{help}", prose(&risk.message));
        for check in &risk.checks {
            let _ = writeln!(text, ">   - [ ] {}", prose(check));
        }
    }
    if !more.is_empty() {
        let _ = writeln!(text, "> - {more}");
    }
}

fn plan(comparison: &Comparison, text: &mut String) {
    if comparison.plan.is_empty() {
        return;
    }
    let (edits, more) = summary::first(&comparison.plan, false);
    let mut lines = Vec::new();
    for edit in edits {
        lines.push(format!("{} [{}]  # {}", sign(edit.change), edit.table, edit.place));
        let shown = if edit.change == Done::Removed { &[][..] } else { &edit.lines[..] };
        lines.extend(shown.iter().map(|line| format!("    {line}")));
    }
    if more > 0 {
        lines.push(format!("... {more} more tables"));
    }
    text.push('\n');
    fenced(&lines, text);
}

fn certificates(comparison: &Comparison, text: &mut String) {
    let Comparison { certificates, trust, keys, .. } = comparison;
    if certificates.is_empty() && trust.is_empty() && keys.is_empty() {
        return;
    }
    text.push_str("\n| certificates | | what differs | because of |\n|---|---|---|---|\n");
    let rows = summary::rows(certificates, false);
    let (rows, more) = summary::first(&rows, false);
    for row in rows {
        let reported = row.differences.iter().map(|(difference, _)| difference).chain([&row.dates]);
        let reported = reported.filter(|text| !text.is_empty());
        let differences: Vec<String> = reported.map(|text| cell(&code(text))).collect();
        let (word, who) = (row.change.word(), cell(&prose(&row.who)));
        let (differences, causes) = (differences.join("<br>"), cell(&prose(&row.causes())));
        let _ = writeln!(text, "| {word} | {who} | {differences} | {causes} |");
    }
    if more > 0 {
        let _ = writeln!(text, "| | and {more} more lines | | |");
    }
    for change in trust {
        let word = if change.change == Done::Added { "trusted" } else { "dropped" };
        let (certificate, units) = (prose(&change.certificate), prose(&unit_names(&change.units)));
        let _ = writeln!(text, "| {word} | {} | on {} | |", cell(&certificate), cell(&units));
    }
    for key in keys {
        let word = match key.change {
            Done::Added => "new key",
            Done::Changed => "key",
            Done::Removed => "key gone",
        };
        let (id, differences) = (prose(&key.id), prose(&key.differences.join(", ")));
        let _ = writeln!(text, "| {word} | {} | {} | |", cell(&id), cell(&differences));
    }
}

fn rollout(comparison: &Comparison, text: &mut String) {
    if comparison.waves.is_empty() {
        return;
    }
    text.push_str("\n**Rollout**\n\n");
    for (number, wave) in comparison.waves.iter().enumerate() {
        let _ = writeln!(text, "{}. {}", number + 1, wave.kind.title());
        for step in &wave.steps {
            let (hosts, services) = (prose(&summary::hosts(step)), prose(&services(&step.services)));
            let _ = writeln!(text, "   - {hosts}: {services}");
        }
    }
}

fn causes(comparison: &Comparison, text: &mut String) {
    let chains = chains(comparison);
    if chains.is_empty() {
        return;
    }
    text.push_str("\n**Causes**\n\n");
    let (chains, more) = summary::first(&chains, false);
    for chain in chains {
        let parts: Vec<String> = chain_parts(chain).iter().map(|part| prose(part)).collect();
        let _ = writeln!(text, "- {} → {}", code(&chain.name()), parts.join(" → "));
    }
    if more > 0 {
        let _ = writeln!(text, "- and {more} more tables");
    }
}

fn files(comparison: &Comparison, text: &mut String) {
    for (at, unit) in comparison.units.iter().enumerate() {
        let reported = unit_of(unit);
        if text.len() + reported.len() > CHARACTERS {
            let left = comparison.units.len() - at;
            let _ = writeln!(
                text,
                "\n{left} more groups of trees are left out, because a comment has a size limit."
            );
            return;
        }
        text.push_str(&reported);
    }
}

fn unit_of(unit: &UnitChange) -> String {
    let were = if unit.were.is_empty() { String::new() } else { format!(", was {}", unit_names(&unit.were)) };
    let count = summary::files(&unit.files);
    let who = tagged(&format!("{}{were}", unit_names(&unit.names)));
    let mut text = format!("\n<details><summary>{} {who}: {count}</summary>\n\n", sign(unit.change));
    let mut lines: Vec<String> = Vec::new();
    let own = summary::without_files(unit);
    if unit.change == Done::Changed && !own.is_empty() {
        lines.push(format!("! {}", services(&own)));
    }
    for file in &unit.files {
        let taken = if file.services.is_empty() {
            String::new()
        } else {
            format!("  # {}", services(&file.services))
        };
        lines.push(format!("{} {}{taken}", sign(file.change), file.path));
        let shows = file.lines.iter().filter(|line| line.differs() || file.change == Done::Changed);
        lines.extend(shows.flat_map(of_line));
    }
    if let Some(more) = lines.len().checked_sub(LINES).filter(|more| *more > 0) {
        lines.truncate(LINES);
        lines.push(format!("... {more} more lines"));
    }
    fenced(&lines, &mut text);
    text.push_str("\n</details>\n");
    text
}

/// A line below its file: the sign first, so that it gets its colour.
fn of_line(line: &Line) -> Vec<String> {
    vec![match line {
        Line::Added { text } => format!("+     {text}"),
        Line::Removed { text } => format!("-     {text}"),
        Line::Value { name, before: Some(before), after: Some(after) } => {
            return vec![format!("-     {name}: {before}"), format!("+     {name}: {after}")];
        }
        Line::Value { before: None, .. } => format!("+     {}", line.to_string().trim_start_matches("+ ")),
        Line::Value { .. } => format!("-     {}", line.to_string().trim_start_matches("- ")),
        other => format!("      {other}"),
    }]
}

fn sign(change: Done) -> &'static str {
    match change {
        Done::Added => "+",
        Done::Changed => "!",
        Done::Removed => "-",
    }
}
