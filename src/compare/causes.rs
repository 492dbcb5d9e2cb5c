//! What of the plan stands behind each change.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{Action, CertificateChange, Comparison, Done, Edit, FileChange, ServiceChange};
use super::mask::Mask;
use super::plan::CATALOG;
use super::units::{File, Unit};
use super::{State, services};
use crate::read::WrittenKey;
use crate::resolve::Node;
use crate::values::UnitId;

/// The shortest word that is searched in files.
const SHORTEST: usize = 3;
/// Edits of which words are searched in files: of more, what certificates say is enough.
const SEARCHED: usize = 100;
/// What every component may hang on.
const WIDEST: &str = "cluster";

/// Tells of certificates, files and services which tables of the plan caused them.
pub(super) fn tell(comparison: &mut Comparison, units: &mut [Unit], after: &State<'_>) {
    let causes = Causes::new(&comparison.plan, after);
    for change in &mut comparison.certificates {
        change.because_of = causes.of_certificate(change);
    }
    for unit in units {
        let own = causes.of_unit(unit);
        let here = causes.of_node(unit);
        for file in &mut unit.files {
            file.change.because_of = causes.of_file(file, (own, here), &unit.mask, &comparison.certificates);
            let within = file.certificates.iter().map(|&at| comparison.certificates[at].id.clone());
            file.change.certificates = within.collect();
        }
        let of_services: Vec<Vec<String>> =
            unit.services.iter().map(|service| causes.of_service(unit, own, service)).collect();
        for (service, because_of) in unit.services.iter_mut().zip(of_services) {
            service.because_of = because_of;
        }
    }
}

struct Causes<'a> {
    edits: &'a [Edit],
    tables: BTreeSet<&'a str>,
    /// Components whose tables were edited, with them.
    components: Vec<(&'a str, &'a str)>,
    /// The words of each edit by its table.
    words: Vec<(&'a str, Vec<String>)>,
    nodes: BTreeMap<&'a str, &'a Node>,
    /// The new plan's keys with their lines, in the order of the text.
    lines: Vec<(usize, &'a WrittenKey)>,
    after: &'a State<'a>,
}

impl<'a> Causes<'a> {
    fn new(edits: &'a [Edit], after: &'a State<'a>) -> Self {
        let tables = edits.iter().map(|edit| edit.table.as_str());
        let components = tables.clone().filter_map(|table| Some((table.strip_prefix("component.")?, table)));
        let nodes = after.blueprint.model.nodes.iter().map(|node| (node.name.as_str(), node)).collect();
        let sources = after.plan.sources;
        let line = |key: &'a WrittenKey| (sources.get(key.span.source).line(key.span.start), key);
        let mut causes = Self {
            edits,
            tables: tables.clone().collect(),
            components: components.collect(),
            words: Vec::new(),
            nodes,
            lines: after.plan.keys.iter().map(line).collect(),
            after,
        };
        if edits.len() <= SEARCHED {
            causes.words = edits.iter().map(|edit| (edit.table.as_str(), causes.words_of(edit))).collect();
        }
        causes
    }
}

impl Causes<'_> {
    fn of_certificate(&self, change: &CertificateChange) -> Vec<String> {
        let named = change.differences.iter().filter_map(|difference| difference.because_of.as_deref());
        let mut found: BTreeSet<&str> = named.filter_map(|cause| self.table(cause)).collect();
        if found.is_empty() {
            found.extend(change.because_of.iter().find_map(|table| self.table(table)));
        }
        self.or_the_only(found)
    }

    fn of_file(
        &self,
        file: &File,
        (own, here): (Option<&str>, Option<&str>),
        mask: &Mask,
        certificates: &[CertificateChange],
    ) -> Vec<String> {
        let certificates = file.certificates.iter().map(|&at| &certificates[at]);
        let mut found: BTreeSet<&str> =
            certificates.flat_map(|change| change.because_of.iter().map(String::as_str)).collect();
        match own {
            Some(table) => _ = found.insert(table),
            None if self.edits.len() > 1 => found.extend(self.said(&file.change, mask)),
            None => {}
        }
        if found.is_empty() {
            found.extend(self.components.iter().find(|(name, _)| is_of(file, name)).map(|(_, table)| *table));
        }
        if found.is_empty() && file.change.change != Done::Changed {
            found.extend(here);
        }
        if let (true, Some(component)) = (found.is_empty(), &file.component) {
            found.extend(self.defined_otherwise(component).or_else(|| self.edited(WIDEST)));
        }
        self.or_the_only(found)
    }

    /// Of what starts, stops or gets another program, without any file that says why.
    fn of_service(&self, unit: &Unit, own: Option<&str>, service: &ServiceChange) -> Vec<String> {
        let bare = matches!(service.action, Action::Exchange | Action::Start | Action::Stop);
        let (Some(node), true) = (unit.node, bare) else { return Vec::new() };
        if own.is_some() || unit.change == Done::Removed {
            return own.map(ToOwned::to_owned).into_iter().collect();
        }
        let component = services::component(self.after.blueprint, node, &service.service);
        let component = component.and_then(|component| self.edited(&format!("component.{}", component.name)));
        let mut found: BTreeSet<&str> = component.into_iter().collect();
        found.extend(self.of_node(unit));
        if found.is_empty() {
            found.extend(self.edited(WIDEST));
        }
        self.or_the_only(found)
    }

    /// The catalog, where a component's definition is another one.
    fn defined_otherwise(&self, component: &str) -> Option<&str> {
        let catalog = self.edits.iter().find(|edit| edit.table == CATALOG)?;
        let definition = format!("component/{component}");
        catalog.lines.contains(&definition).then_some(&*catalog.table)
    }

    fn or_the_only(&self, found: BTreeSet<&str>) -> Vec<String> {
        match self.edits {
            [only] if found.is_empty() => vec![only.table.clone()],
            _ => found.into_iter().map(ToOwned::to_owned).collect(),
        }
    }

    /// Of a unit that is new, gone or renamed, the table that it was there for.
    fn of_unit(&self, unit: &Unit) -> Option<&str> {
        if unit.change == Done::Changed && unit.was.is_none() {
            return None;
        }
        match &unit.name {
            UnitId::Cluster => None,
            UnitId::Host(name) => self.table(&format!("node.{name}")),
            UnitId::User(name) => self.table(&format!("user.{name}")),
        }
    }

    /// Of a host that was there before, its own table: what it is for may be something else.
    fn of_node(&self, unit: &Unit) -> Option<&str> {
        let node = unit.node.filter(|_| unit.change == Done::Changed)?;
        self.edited(&self.after.table_of_node(node))
    }

    fn edited(&self, table: &str) -> Option<&str> {
        self.tables.get(table).copied()
    }

    /// The edited table that a cause means: it, the pool of a node, the table that a line belongs to.
    fn table(&self, cause: &str) -> Option<&str> {
        if let Some(table) = self.edited(cause) {
            return Some(table);
        }
        if let Some(node) = cause.strip_prefix("node.") {
            let pool = self.nodes.get(node).and_then(|node| node.pool.as_ref());
            if let Some(table) = pool.and_then(|pool| self.edited(&format!("pool.{pool}"))) {
                return Some(table);
            }
        }
        if let Some((_, line)) = cause.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return self.at_line(cause, line).and_then(|key| self.edited(&key.table));
        }
        let above = cause.rsplit_once('.').map(|(above, _)| above);
        above.and_then(|above| self.edited(above))
    }

    /// The key on a line of the plan, or the first below it: a table's header stands above its keys.
    fn at_line(&self, place: &str, line: usize) -> Option<&WrittenKey> {
        let (_, key) = self.lines.get(self.lines.partition_point(|(at, _)| *at < line))?;
        place.starts_with(&*self.after.plan.sources.get(key.span.source).name).then_some(key)
    }

    /// The tables whose words stand in lines that differ.
    fn said(&self, file: &FileChange, mask: &Mask) -> Vec<&str> {
        let differing = file.lines.iter().filter(|line| line.differs()).map(|line| format!("{line}\n"));
        let text = mask.take_off(&differing.collect::<String>());
        let stands = |words: &[String]| words.iter().any(|word| is_in(&text, word));
        self.words.iter().filter(|(_, words)| stands(words)).map(|(table, _)| *table).collect()
    }

    /// Words of an edit by which what it changes can be told: values, and the name of what comes or goes.
    fn words_of(&self, edit: &Edit) -> Vec<String> {
        let mut words: BTreeSet<String> = BTreeSet::new();
        // A role stands in many files; what comes or goes is told by its name and addresses.
        let telling = |line: &&String| edit.change == Done::Changed || !line.contains("roles");
        for line in edit.lines.iter().filter(telling) {
            let quoted = line.split('"').skip(1).step_by(2);
            words.extend(quoted.filter(|word| word.len() >= SHORTEST).map(ToOwned::to_owned));
            // Numbers inside quotes are parts of addresses that others share.
            let bare = line.split('"').step_by(2);
            let numbers = bare.flat_map(|text| text.split(|c: char| !c.is_ascii_digit()));
            words.extend(numbers.filter(|word| word.len() >= SHORTEST).map(ToOwned::to_owned));
        }
        // What a node is no longer for, or is for now, is told by its addresses.
        if let Some(name) = edit.table.strip_prefix("node.") {
            let node = self.nodes.get(name).into_iter();
            words.extend(node.flat_map(|node| node.addresses.iter().map(ToString::to_string)));
        }
        // A component's name stands in many files of others.
        if edit.change != Done::Changed && !edit.table.starts_with("component.") {
            words.extend(edit.table.split_once('.').map(|(_, name)| name.to_owned()));
        }
        words.into_iter().collect()
    }
}

/// Whether a file is a component's own, or holds a certificate of one.
fn is_of(file: &File, component: &str) -> bool {
    file.component.as_deref() == Some(component) || file.change.artefact.contains(&format!("/{component}-"))
}

/// Whether a word stands in a text as a whole.
fn is_in(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let (head, tail) = (&text[..at], &text[at + word.len()..]);
        !head.ends_with(part) && !tail.starts_with(part)
    })
}
