//! The sections with edits, risks, certificates, restarts and causes.

use super::super::chains::chains;
use super::super::proof;
use super::super::summary::{self, chain_parts, joined, services, unit_names};
use super::page::{Page, Paint};
use crate::compare::{Comparison, Done, Severity};
use crate::printable;
use crate::read::TableKind;
use crate::values::counted;

/// How many lines of one edit are shown.
const EDIT_LINES: usize = 6;
/// How wide the column of edited tables is, where there is room.
const COLUMN: usize = 44;

impl Page {
    pub(super) fn plan(&mut self, comparison: &Comparison) {
        if comparison.plan.is_empty() {
            return;
        }
        self.title("plan", "");
        let (edits, more) = summary::first(&comparison.plan, false);
        for edit in edits {
            let (sign, paint) = sign(edit.change);
            let name = match edit.table.kind {
                TableKind::Top => "(top)".to_owned(),
                _ => printable::line(&edit.table.to_string()).into_owned(),
            };
            let column = self.width.saturating_sub(edit.place.chars().count() + 6).min(COLUMN);
            let head = format!("  {sign} {name:<column$}");
            self.line(&[(paint, &head), (Paint::Dim, &format!("  {}", edit.place))]);
            let shown = if edit.change == Done::Removed { &[][..] } else { &edit.lines[..] };
            for line in shown.iter().take(EDIT_LINES) {
                self.line(&[(Paint::Plain, &format!("      {line}"))]);
            }
            if let Some(more) = shown.len().checked_sub(EDIT_LINES).filter(|more| *more > 0) {
                self.line(&[(Paint::Dim, &format!("      and {} more", counted(more, "line")))]);
            }
        }
        self.more(more, "table");
    }

    /// What is left out.
    pub(super) fn more(&mut self, count: usize, word: &str) {
        if count > 0 {
            self.line(&[(Paint::Dim, &format!("  and {} more", counted(count, word)))]);
        }
    }

    pub(super) fn risks(&mut self, comparison: &Comparison, all: bool) {
        if comparison.risks.is_empty() {
            return;
        }
        self.title("risks", "");
        let (risks, more) = summary::risks(&comparison.risks, all);
        for risk in risks {
            let (sign, paint) = match risk.severity {
                Severity::High => ("!! high:", Paint::Red),
                Severity::Medium => ("!", Paint::Yellow),
            };
            self.sentence(2, paint, &format!("{sign} {}", risk.message));
            if let Some(help) = &risk.help {
                self.sentence(4, Paint::Plain, help);
            }
            for check in &risk.checks {
                self.hanging((Paint::Plain, "    [ ] "), Paint::Plain, check);
            }
        }
        if !more.is_empty() {
            self.line(&[(Paint::Dim, &format!("  {more}"))]);
        }
    }

    pub(super) fn certificates(&mut self, comparison: &Comparison, all: bool) {
        let Comparison { certificates, trust, keys, .. } = comparison;
        if certificates.is_empty() && trust.is_empty() && keys.is_empty() {
            return;
        }
        if certificates.is_empty() {
            self.title("keys and trust", "");
        } else {
            self.title("certificates", &summary::made(certificates));
        }
        let rows = summary::rows(certificates, all);
        let (rows, more) = summary::first(&rows, all);
        for row in rows {
            let word = format!("  {:<9} ", row.change.word());
            if all {
                self.hanging((Paint::Yellow, &word), Paint::Plain, &row.who);
            } else {
                self.line(&[(Paint::Yellow, &word), (Paint::Plain, &row.who)]);
            }
            for (difference, cause) in &row.differences {
                let because =
                    cause.as_ref().map_or_else(String::new, |cause| format!("  because of {cause}"));
                self.item(12, Paint::Plain, &format!("{difference}{because}"));
            }
            if !row.dates.is_empty() {
                self.item(12, Paint::Plain, &row.dates);
            }
            if row.differences.is_empty() && !row.because_of.is_empty() {
                let because = format!("            because of {}", row.causes());
                self.line(&[(Paint::Dim, &because)]);
            }
        }
        self.more(more, "line");
        for change in trust {
            let word = if change.change == Done::Added { "trusted" } else { "dropped" };
            let word = format!("  {word:<9} ");
            if all {
                let line = format!("{} on {}", change.certificate, joined(&change.units));
                self.hanging((Paint::Yellow, &word), Paint::Plain, &line);
            } else {
                let line = format!("{} on {}", change.certificate, unit_names(&change.units));
                self.line(&[(Paint::Yellow, &word), (Paint::Plain, &line)]);
            }
        }
        for key in keys {
            let word = match key.change {
                Done::Added => "new key",
                Done::Changed => "key",
                Done::Removed => "key gone",
            };
            let line = format!("{} {}", key.id, key.differences.join(", "));
            self.line(&[(Paint::Yellow, &format!("  {word:<9} ")), (Paint::Plain, line.trim_end())]);
        }
    }

    pub(super) fn rollout(&mut self, comparison: &Comparison) {
        if comparison.waves.is_empty() {
            return;
        }
        self.title("rollout", &summary::actions(comparison));
        for (number, wave) in comparison.waves.iter().enumerate() {
            self.line(&[(Paint::Plain, &format!("  {}. {}", number + 1, wave.kind.title()))]);
            for step in &wave.steps {
                self.line(&[(Paint::Plain, &format!("     {}", summary::hosts(step)))]);
                self.sentence(9, Paint::Yellow, &services(&step.services));
            }
        }
    }

    /// One sentence, which is not cut: it ends with what to run.
    pub(super) fn proof(&mut self, comparison: &Comparison) {
        let Some(proved) = &comparison.proof else { return };
        let paint = if proof::is_bad(proved) { Paint::Red } else { Paint::Plain };
        self.line(&[(Paint::Plain, "")]);
        self.sentence(0, paint, &format!("proof: {}", proof::line(proved)));
    }

    pub(super) fn causes(&mut self, comparison: &Comparison) {
        let chains = chains(comparison);
        if chains.is_empty() {
            return;
        }
        self.title("causes", "");
        let (chains, more) = summary::first(&chains, false);
        for chain in chains {
            let parts = chain_parts(chain).join(" -> ");
            self.sentence(2, Paint::Plain, &format!("{} -> {parts}", chain.name()));
        }
        self.more(more, "table");
    }
}

pub(super) fn sign(change: Done) -> (&'static str, Paint) {
    match change {
        Done::Added => ("+", Paint::Green),
        Done::Changed => ("~", Paint::Yellow),
        Done::Removed => ("-", Paint::Red),
    }
}
