//! The section with changed files.

use super::super::summary::{self, joined, services, unit_names};
use super::page::{Page, Paint};
use super::parts::sign;
use crate::compare::{Comparison, Done, FileChange, Line, UnitChange};
use crate::values::counted;

/// How many lines of a file are shown where not all were asked for.
const LINES: usize = 4;
/// How many files of one group.
const FILES: usize = 24;

impl Page {
    pub(super) fn files(&mut self, comparison: &Comparison, all: bool) {
        if comparison.units.is_empty() {
            return;
        }
        self.title("files", &summary::units(&comparison.units));
        if all {
            // Nothing else comes after them.
            self.width = usize::MAX;
        }
        let (units, more) = summary::first(&comparison.units, all);
        for unit in units {
            self.unit(unit, all);
        }
        self.more(more, "tree");
    }

    fn unit(&mut self, unit: &UnitChange, all: bool) {
        let (mark, paint) = sign(unit.change);
        let were =
            if unit.were.is_empty() { String::new() } else { format!(", was {}", unit_names(&unit.were)) };
        let alike =
            if unit.names.len() > 1 { format!(" ({} alike)", unit.names.len()) } else { String::new() };
        let count = match unit.change {
            Done::Changed => String::new(),
            _ => format!(", {}", summary::files(&unit.files)),
        };
        let who = if all { joined(&unit.names) } else { unit_names(&unit.names) };
        self.line(&[
            (paint, &format!("  {mark} ")),
            (Paint::Bold, &who),
            (Paint::Plain, &format!("{were}{alike}{count}")),
        ]);
        let own = summary::without_files(unit);
        if unit.change == Done::Changed && !own.is_empty() {
            self.sentence(6, Paint::Dim, &services(&own));
        }
        if unit.change != Done::Changed && !all {
            return;
        }
        let most = if all { usize::MAX } else { FILES };
        for file in unit.files.iter().take(most) {
            self.file(file, all);
        }
        if let Some(more) = unit.files.get(most..).filter(|more| !more.is_empty()) {
            self.line(&[(Paint::Dim, &format!("      and {} more", summary::files(more)))]);
        }
    }

    fn file(&mut self, file: &FileChange, all: bool) {
        let (mark, paint) = sign(file.change);
        let taken =
            if file.services.is_empty() { String::new() } else { format!("  {}", services(&file.services)) };
        self.line(&[(paint, &format!("      {mark} ")), (Paint::Plain, &file.path), (Paint::Dim, &taken)]);
        let shows = |line: &&Line| all || line.differs();
        // A new file is reported by its name where not all was asked for.
        let none = file.change == Done::Added && !all;
        let lines: Vec<&Line> = file.lines.iter().filter(|line| !none && shows(line)).collect();
        // A line that says how many there are more takes as much room as one of them.
        let most = if all || lines.len() <= LINES + 1 { usize::MAX } else { LINES };
        for line in lines.iter().take(most) {
            self.file_line(line, all);
        }
        if let Some(more) = lines.len().checked_sub(most) {
            self.line(&[(Paint::Dim, &format!("          and {} more", counted(more, "line")))]);
        }
    }

    fn file_line(&mut self, line: &Line, all: bool) {
        let paint = match line {
            Line::Added { .. } | Line::Value { before: None, .. } => Paint::Green,
            Line::Removed { .. } | Line::Value { after: None, .. } => Paint::Red,
            Line::Same { .. } | Line::Gap => Paint::Dim,
            Line::Items { .. } | Line::Note { .. } | Line::Value { .. } => Paint::Plain,
        };
        let text = format!("          {line}");
        match line {
            _ if all => self.whole_line(paint, &text),
            // What it becomes stands at its end.
            Line::Items { .. } | Line::Note { .. } | Line::Value { before: Some(_), after: Some(_), .. } => {
                self.item(10, paint, &line.to_string());
            }
            _ => self.line(&[(paint, &text)]),
        }
    }
}
