//! What of the plan stands behind each change.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{Action, CertificateChange, Comparison, FileChange, ServiceChange};
use super::done::Done;
use super::edit::{Edit, EditLine};
use super::mask::Mask;
use super::services;
use super::state::State;
use super::unit::{File, Unit};
use crate::expand::Cause;
use crate::read::{TableKind, TableName, WrittenKey};
use crate::resolve::Node;
use crate::source::Span;
use crate::values::UnitId;

/// The shortest word that is searched in files.
const SHORTEST: usize = 3;
/// Edits of which words are searched in files: of more, what certificates say is enough.
const SEARCHED: usize = 100;

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
        let of_services: Vec<Vec<TableName>> =
            unit.services.iter().map(|service| causes.of_service(unit, own, service)).collect();
        for (service, because_of) in unit.services.iter_mut().zip(of_services) {
            service.because_of = because_of;
        }
    }
}

struct Causes<'a> {
    edits: &'a [Edit],
    tables: BTreeSet<&'a TableName>,
    /// The words of each edit by its table.
    words: Vec<(&'a TableName, Vec<String>)>,
    nodes: BTreeMap<&'a str, &'a Node>,
    after: &'a State<'a>,
}

impl<'a> Causes<'a> {
    fn new(edits: &'a [Edit], after: &'a State<'a>) -> Self {
        let nodes = after.blueprint.model.nodes.iter().map(|node| (node.name.as_str(), node)).collect();
        let mut causes = Self {
            edits,
            tables: edits.iter().map(|edit| &edit.table).collect(),
            words: Vec::new(),
            nodes,
            after,
        };
        if edits.len() <= SEARCHED {
            causes.words = edits.iter().map(|edit| (&edit.table, causes.words_of(edit))).collect();
        }
        causes
    }
}

impl Causes<'_> {
    fn of_certificate(&self, change: &CertificateChange) -> Vec<TableName> {
        let named = change.differences.iter().filter_map(|difference| difference.because_of.as_ref());
        let mut found: BTreeSet<&TableName> = named.filter_map(|cause| self.behind(cause)).collect();
        if found.is_empty() {
            found.extend(change.because_of.iter().find_map(|table| self.table(table)));
        }
        self.or_the_only(found)
    }

    fn of_file(
        &self,
        file: &File,
        (own, here): (Option<&TableName>, Option<&TableName>),
        mask: &Mask,
        certificates: &[CertificateChange],
    ) -> Vec<TableName> {
        let certificates = file.certificates.iter().map(|&at| &certificates[at]);
        let mut found: BTreeSet<&TableName> = certificates.flat_map(|change| &change.because_of).collect();
        match own {
            Some(table) => _ = found.insert(table),
            None if self.edits.len() > 1 => found.extend(self.said(&file.change, mask)),
            None => {}
        }
        if found.is_empty() {
            found.extend(self.edits.iter().map(|edit| &edit.table).find(|table| is_of(file, table)));
        }
        if found.is_empty() && file.change.change != Done::Changed {
            found.extend(here);
        }
        if let (true, Some(component)) = (found.is_empty(), &file.component) {
            found.extend(
                self.defined_otherwise(component).or_else(|| self.edited(&TableKind::Cluster.whole())),
            );
        }
        self.or_the_only(found)
    }

    /// Of what starts, stops or gets another program, without any file that says why.
    fn of_service(&self, unit: &Unit, own: Option<&TableName>, service: &ServiceChange) -> Vec<TableName> {
        let bare = matches!(service.action, Action::Exchange | Action::Start | Action::Stop);
        let (Some(node), true) = (unit.node, bare) else { return Vec::new() };
        if own.is_some() || unit.change == Done::Removed {
            return own.cloned().into_iter().collect();
        }
        let component = services::component(self.after.blueprint, node, &service.service);
        let component =
            component.and_then(|component| self.edited(&TableKind::Component.named(component.name.clone())));
        let mut found: BTreeSet<&TableName> = component.into_iter().collect();
        found.extend(self.of_node(unit));
        if found.is_empty() {
            found.extend(self.edited(&TableKind::Cluster.whole()));
        }
        self.or_the_only(found)
    }

    /// The catalog, where a component's definition is another one.
    fn defined_otherwise(&self, component: &str) -> Option<&TableName> {
        let catalog = self.edits.iter().find(|edit| edit.table.kind == TableKind::Catalog)?;
        let definition = EditLine::Definition(format!("component/{component}"));
        catalog.lines.contains(&definition).then_some(&catalog.table)
    }

    fn or_the_only(&self, found: BTreeSet<&TableName>) -> Vec<TableName> {
        match self.edits {
            [only] if found.is_empty() => vec![only.table.clone()],
            _ => found.into_iter().cloned().collect(),
        }
    }

    /// Of a unit that is new, gone or renamed, the table that it was there for.
    fn of_unit(&self, unit: &Unit) -> Option<&TableName> {
        if unit.change == Done::Changed && unit.was.is_none() {
            return None;
        }
        match &unit.name {
            UnitId::Cluster => None,
            UnitId::Host(name) => self.table(&TableKind::Node.named(name.clone())),
            UnitId::User(name) => self.table(&TableKind::User.named(name.clone())),
        }
    }

    /// Of a host that was there before, its own table: what it is for may be something else.
    fn of_node(&self, unit: &Unit) -> Option<&TableName> {
        let node = unit.node.filter(|_| unit.change == Done::Changed)?;
        self.edited(&self.after.table_of_node(node))
    }

    fn edited(&self, table: &TableName) -> Option<&TableName> {
        self.tables.get(table).copied()
    }

    /// The edited table that a cause means.
    fn behind(&self, cause: &Cause) -> Option<&TableName> {
        match cause {
            Cause::Dial { .. } => None,
            Cause::Key(table, _) | Cause::Table(table) => self.table(table),
            Cause::Text { span, .. } => self.key_at(*span).and_then(|key| self.edited(&key.table)),
        }
    }

    /// The edited table that stands for one: it, the pool of a node, all tables of its kind.
    fn table(&self, table: &TableName) -> Option<&TableName> {
        let pool = || {
            let name = table.name.as_ref().filter(|_| table.kind == TableKind::Node)?;
            let pool = self.nodes.get(&**name)?.pool.as_ref()?;
            self.edited(&TableKind::Pool.named(pool.clone()))
        };
        self.edited(table).or_else(pool).or_else(|| self.edited(&table.kind.whole()))
    }

    /// The key of the plan that holds a text, or the first below it: a table's header stands above its keys.
    fn key_at(&self, span: Span) -> Option<&WrittenKey> {
        let keys = self.after.plan.keys;
        let before = |key: &WrittenKey| (key.span.source, key.span.end) <= (span.source, span.start);
        keys.get(keys.partition_point(before)).filter(|key| key.span.source == span.source)
    }

    /// The tables whose words stand in lines that differ.
    fn said(&self, file: &FileChange, mask: &Mask) -> Vec<&TableName> {
        let differing = file.lines.iter().filter(|line| line.differs()).map(|line| format!("{line}\n"));
        let text = mask.take_off(&differing.collect::<String>());
        let stands = |words: &[String]| words.iter().any(|word| is_in(&text, word));
        self.words.iter().filter(|(_, words)| stands(words)).map(|(table, _)| *table).collect()
    }

    /// Words of an edit by which what it changes can be told: values, and the name of what comes or goes.
    fn words_of(&self, edit: &Edit) -> Vec<String> {
        let mut words: BTreeSet<String> = BTreeSet::new();
        // A role stands in many files; what comes or goes is told by its name and addresses.
        let lines = edit.lines.iter().map(ToString::to_string);
        for line in lines.filter(|line| edit.change == Done::Changed || !line.contains("roles")) {
            let quoted = line.split('"').skip(1).step_by(2);
            words.extend(quoted.filter(|word| word.len() >= SHORTEST).map(ToOwned::to_owned));
            // Numbers inside quotes are parts of addresses that others share.
            let bare = line.split('"').step_by(2);
            let numbers = bare.flat_map(|text| text.split(|c: char| !c.is_ascii_digit()));
            words.extend(numbers.filter(|word| word.len() >= SHORTEST).map(ToOwned::to_owned));
        }
        // What a node is no longer for, or is for now, is told by its addresses.
        if let TableName { kind: TableKind::Node, name: Some(name) } = &edit.table {
            let node = self.nodes.get(&**name).into_iter();
            words.extend(node.flat_map(|node| node.addresses.iter().map(ToString::to_string)));
        }
        // A component's name stands in many files of others.
        if edit.change != Done::Changed && edit.table.kind != TableKind::Component {
            words.extend(edit.table.name.as_ref().map(ToString::to_string));
        }
        words.into_iter().collect()
    }
}

/// Whether a file is a component's own, or holds a certificate of one.
fn is_of(file: &File, table: &TableName) -> bool {
    let Some(component) = table.name.as_deref().filter(|_| table.kind == TableKind::Component) else {
        return false;
    };
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
