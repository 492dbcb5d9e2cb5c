//! What of the plan stands behind each change.

use std::collections::BTreeSet;

use super::State;
use super::comparison::{CertificateChange, Comparison, Done, Edit, FileChange};
use super::mask::Mask;
use super::units::Unit;
use crate::read::WrittenKey;

/// The shortest word that is searched in files.
const SHORTEST: usize = 3;

/// Tells of certificates and files which tables of the plan caused them.
pub(super) fn tell(comparison: &mut Comparison, units: &mut [Unit], after: &State<'_>) {
    let causes = Causes { edits: &comparison.plan, after };
    for change in &mut comparison.certificates {
        change.because_of = causes.of_certificate(change);
    }
    let words: Vec<(&str, Vec<String>)> =
        comparison.plan.iter().map(|edit| (edit.table.as_str(), words(edit))).collect();
    for unit in units {
        let own = causes.of_unit(unit);
        for file in &mut unit.files {
            let certificates = file.certificates.iter().map(|&at| &comparison.certificates[at]);
            let mut found: BTreeSet<String> =
                certificates.flat_map(|change| change.because_of.iter().cloned()).collect();
            found.extend(own.map(ToOwned::to_owned));
            match &words[..] {
                [] => {}
                _ if own.is_some() => {}
                [(table, _)] => _ = found.insert((*table).to_owned()),
                several => found.extend(said(several, &file.change, &unit.mask)),
            }
            file.change.because_of = found.into_iter().collect();
        }
    }
}

struct Causes<'a> {
    edits: &'a [Edit],
    after: &'a State<'a>,
}

impl Causes<'_> {
    fn of_certificate(&self, change: &CertificateChange) -> Vec<String> {
        let named = change.differences.iter().filter_map(|difference| difference.because_of.as_deref());
        let named = named.chain(change.because_of.iter().map(String::as_str));
        let found: BTreeSet<&str> = named.filter_map(|cause| self.table(cause)).collect();
        match self.edits {
            [only] if found.is_empty() => vec![only.table.clone()],
            _ => found.into_iter().map(ToOwned::to_owned).collect(),
        }
    }

    /// Of a unit that is new or gone, the table that it was there for.
    fn of_unit(&self, unit: &Unit) -> Option<&str> {
        if unit.change == Done::Changed {
            return None;
        }
        let (kind, name) = unit.name.split_once('/')?;
        let kind = if kind == "hosts" { "node" } else { "user" };
        self.table(&format!("{kind}.{name}"))
    }

    /// The edited table that a cause means: it, the pool of a node, the table that a line belongs to.
    fn table(&self, cause: &str) -> Option<&str> {
        let edited =
            |table: &str| self.edits.iter().find(|edit| edit.table == table).map(|edit| &*edit.table);
        if let Some(table) = edited(cause) {
            return Some(table);
        }
        if let Some(node) = cause.strip_prefix("node.") {
            let nodes = &self.after.blueprint.model.nodes;
            let pool =
                nodes.iter().find(|known| known.name.as_str() == node).and_then(|node| node.pool.as_ref());
            if let Some(table) = pool.and_then(|pool| edited(&format!("pool.{pool}"))) {
                return Some(table);
            }
        }
        if let Some((_, line)) = cause.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return self.at_line(cause, line).and_then(|key| edited(&key.table));
        }
        let above = cause.rsplit_once('.').map(|(above, _)| above);
        above.and_then(edited)
    }

    /// The key on a line of the plan, or the first below it: a table's header stands above its keys.
    fn at_line(&self, place: &str, line: usize) -> Option<&WrittenKey> {
        let plan = self.after.plan;
        let lines = plan.keys.iter().map(|key| {
            let source = plan.sources.get(key.span.source);
            (key, source, source.line(key.span.start))
        });
        let mut below = lines.filter(|(_, source, at)| *at >= line && place.starts_with(&*source.name));
        below.next().map(|(key, ..)| key)
    }
}

/// Words of an edit by which what it changes can be told: values, and the name of what comes or goes.
fn words(edit: &Edit) -> Vec<String> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    for line in &edit.lines {
        let quoted = line.split('"').skip(1).step_by(2);
        words.extend(quoted.filter(|word| word.len() >= SHORTEST).map(ToOwned::to_owned));
        let numbers = line.split(|c: char| !c.is_ascii_digit());
        words.extend(numbers.filter(|word| word.len() >= SHORTEST).map(ToOwned::to_owned));
    }
    if edit.change != Done::Changed {
        words.extend(edit.table.split_once('.').map(|(_, name)| name.to_owned()));
    }
    words.into_iter().collect()
}

/// The tables whose words stand in lines that differ.
fn said(edits: &[(&str, Vec<String>)], file: &FileChange, mask: &Mask) -> Vec<String> {
    let mut text = String::new();
    for line in &file.lines {
        if line.differs() {
            text.push_str(&format!("{line}\n"));
        }
    }
    let text = mask.take_off(&text);
    let stands = |words: &[String]| words.iter().any(|word| is_in(&text, word));
    edits.iter().filter(|(_, words)| stands(words)).map(|(table, _)| (*table).to_owned()).collect()
}

/// Whether a word stands in a text as a whole.
fn is_in(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let (head, tail) = (&text[..at], &text[at + word.len()..]);
        !head.ends_with(part) && !tail.starts_with(part)
    })
}
