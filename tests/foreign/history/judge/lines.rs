//! The lines of texts: each that differs is told, and none besides. Of a flag whose value is a list, its items may be told.

use std::collections::BTreeSet;

use super::Pairs;
use super::files::changed;
use crate::history::announced::{Announced, Line};

/// Judges what is told of one host alone, whose lines are its own: units with their flags, and configurations of programs.
pub(super) fn judge(announced: &Announced, pairs: &Pairs<'_>, findings: &mut Vec<String>) {
    for (name, unit) in announced.units() {
        let Some((_, pair)) = pairs.get_key_value(&name.to_owned()) else { continue };
        for (path, entries) in changed(pair) {
            let is_text =
                [".service", "haproxy.cfg", "keepalived.conf"].iter().any(|end| path.ends_with(end));
            let ((Some(old), Some(new)), Some(file)) = (entries, unit.files.get(path).filter(|_| is_text))
            else {
                continue;
            };
            for (sign, line) in differences(&old.text(), &new.text(), &file.lines) {
                findings.push(format!("lines of {name}/{path}: {sign} {line}"));
            }
        }
    }
}

/// What differs and is not told, or is told and does not differ.
fn differences(old: &str, new: &str, told: &[Line]) -> BTreeSet<(char, String)> {
    let (old, new) = (lines(old), lines(new));
    let mut is: BTreeSet<(char, String)> = new.difference(&old).map(|line| ('+', line.clone())).collect();
    is.extend(old.difference(&new).map(|line| ('-', line.clone())));
    let mut said = BTreeSet::new();
    for line in told {
        match line {
            Line::Added { text } => drop(said.insert(('+', plain(text)))),
            Line::Removed { text } => drop(said.insert(('-', plain(text)))),
            Line::Value { name, before, after } => {
                said.extend(before.iter().map(|value| ('-', flag(name, value))));
                said.extend(after.iter().map(|value| ('+', flag(name, value))));
            }
            Line::Items { name, added, removed } => {
                let of = |lines: &BTreeSet<String>| {
                    let found = lines.iter().find_map(|line| line.strip_prefix(&format!("{name}=")));
                    found.unwrap_or_default().split(',').map(str::to_owned).collect::<BTreeSet<_>>()
                };
                let (before, after) = (of(&old), of(&new));
                let gained: BTreeSet<String> = after.difference(&before).cloned().collect();
                let lost: BTreeSet<String> = before.difference(&after).cloned().collect();
                if (gained, lost) == (added.iter().cloned().collect(), removed.iter().cloned().collect()) {
                    is.retain(|(_, line)| !line.starts_with(&format!("{name}=")));
                }
            }
            Line::Same { .. } | Line::Gap | Line::Note { .. } => {}
        }
    }
    is.symmetric_difference(&said).cloned().collect()
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(plain).collect()
}

/// A line without what joins it to the next one.
fn plain(line: &str) -> String {
    line.trim().trim_end_matches('\\').trim_end().to_owned()
}

fn flag(name: &str, value: &str) -> String {
    if value.is_empty() { name.to_owned() } else { format!("{name}={value}") }
}
