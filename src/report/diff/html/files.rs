//! The section with changed files, tree by tree.

use std::fmt::Write as _;

use super::super::summary::{self, joined, unit_names};
use super::markup::{badge, escaped, section, word};
use super::rollout::actions;
use crate::compare::{Comparison, FileChange, Line, UnitChange};

/// How many trees are listed at once.
const TREES: usize = 20;

pub(super) fn files(comparison: &Comparison, page: &mut String) {
    if comparison.units.is_empty() {
        return;
    }
    section("files", "Files", page, |page| {
        page.push_str("<button id=\"unfold\" hidden>unfold all</button>\n");
        let units = &comparison.units;
        let (first, rest) = units.split_at(if units.len() <= TREES + 1 { units.len() } else { TREES });
        first.iter().for_each(|unit| tree(unit, page));
        if !rest.is_empty() {
            let _ = writeln!(page, "<details><summary>and {} more</summary>", rest.len());
            rest.iter().for_each(|unit| tree(unit, page));
            page.push_str("</details>\n");
        }
    });
}

fn tree(unit: &UnitChange, page: &mut String) {
    let were = if unit.were.is_empty() { String::new() } else { format!(", was {}", unit_names(&unit.were)) };
    let who = format!("{}{were}", unit_names(&unit.names));
    let count = if unit.files.is_empty() { String::new() } else { summary::files(&unit.files) };
    let _ = writeln!(
        page,
        "<details><summary>{} {} <small>{}</small></summary>",
        badge(word(unit.change)),
        escaped(&who),
        count
    );
    if summary::leaves_out(&unit.names) {
        let _ = writeln!(page, "<p class=\"dim\">{}</p>", escaped(&joined(&unit.names)));
    }
    let own = summary::without_files(unit);
    if !own.is_empty() {
        page.push_str(&actions(&own));
    }
    for one in &unit.files {
        file(one, page);
    }
    page.push_str("</details>\n");
}

fn file(file: &FileChange, page: &mut String) {
    let taken = if file.services.is_empty() { String::new() } else { actions(&file.services) };
    let _ = writeln!(page, "<h3>{} {}</h3>{taken}", badge(word(file.change)), escaped(&file.path));
    if file.lines.is_empty() {
        return;
    }
    page.push_str("<pre>");
    for line in &file.lines {
        let class = match line {
            Line::Added { .. } | Line::Value { before: None, .. } => "new",
            Line::Removed { .. } | Line::Value { after: None, .. } => "gone",
            Line::Same { .. } | Line::Gap => "dim",
            Line::Items { .. } | Line::Note { .. } | Line::Value { .. } => "changed",
        };
        let _ = writeln!(page, "<span class=\"{class}\">{}</span>", escaped(&line.to_string()));
    }
    page.push_str("</pre>\n");
}
