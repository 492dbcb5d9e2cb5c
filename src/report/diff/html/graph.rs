//! The graph of causes: from tables of the plan through certificates and trees to services.

use std::collections::{BTreeMap, BTreeSet};

use super::super::summary::unit_name;
use super::fold;
use super::thing::{CERTIFICATES, COLUMNS, Graph, PLAN, SERVICES, TREES, Thing, Way};
use crate::compare::{
    Action, CertificateChange, Comparison, Done, FileChange, ServiceChange, Trust, TrustChange, UnitChange,
};
use crate::printable;
use crate::read::TableName;
use crate::values::UnitId;

/// Boxes of one column; where there are more, those that lead alike are one.
const MOST: usize = 24;

/// The graph of a comparison, small enough to be drawn.
pub(super) fn graph(comparison: &Comparison) -> Graph {
    let mut ways = Ways { trust: &comparison.trust, ..Ways::default() };
    for edit in &comparison.plan {
        ways.tables.insert(&edit.table, word(edit.change));
    }
    ways.certificates = comparison.certificates.iter().map(|change| (change.id.as_str(), change)).collect();
    for unit in &comparison.units {
        ways.unit(unit);
    }
    for change in &comparison.certificates {
        let certificate = ways.certificate(&change.id, change.change.word());
        let tree = change.unit.as_ref().and_then(|unit| ways.trees.get(unit).copied());
        for table in ways.causes(&change.because_of) {
            ways.add([Some(table), Some(certificate), tree, None]);
        }
    }
    let graph = without_shorter(Graph { things: ways.things, ways: ways.ways });
    let graph = fold::alike(graph, |thing| matches!(thing.column, CERTIFICATES | SERVICES));
    let many = |column: usize| graph.things.iter().filter(|thing| thing.column == column).count() > MOST;
    if !(0..COLUMNS.len()).any(many) {
        return graph;
    }
    fold::rest(fold::alike(graph, |_| true), MOST)
}

/// The words of tables and trees.
fn word(change: Done) -> &'static str {
    match change {
        Done::Added => "new",
        Done::Changed => "changed",
        Done::Removed => "gone",
    }
}

#[derive(Default)]
struct Ways<'a> {
    things: Vec<Thing>,
    known: BTreeMap<Thing, usize>,
    ways: BTreeSet<Way>,
    /// Edited tables and what was done to them.
    tables: BTreeMap<&'a TableName, &'static str>,
    /// Certificates that are not what they were, by their ids.
    certificates: BTreeMap<&'a str, &'a CertificateChange>,
    /// What bundles gain and lose.
    trust: &'a [TrustChange],
    /// Trees by their units.
    trees: BTreeMap<&'a UnitId, usize>,
}

impl<'a> Ways<'a> {
    fn unit(&mut self, unit: &'a UnitChange) {
        let names = unit.names.iter().map(|name| unit_name(name).into_owned()).collect();
        let tree = self.thing(TREES, word(unit.change), names);
        self.trees.extend(unit.names.iter().map(|name| (name, tree)));
        for file in &unit.files {
            self.file(unit, file, tree);
        }
        let bare = |service: &&ServiceChange| !matches!(service.action, Action::Reload | Action::Restart);
        for service in unit.services.iter().filter(bare) {
            let to = self.service(service);
            for table in self.causes(&unit.tables(&service.because_of)) {
                self.add([Some(table), None, Some(tree), Some(to)]);
            }
        }
    }

    fn file(&mut self, unit: &'a UnitChange, file: &'a FileChange, tree: usize) {
        // As it stands in the whole: more than one file may ask for it.
        let whole = |taken: &'a ServiceChange| {
            unit.services.iter().find(|known| known.service == taken.service).unwrap_or(taken)
        };
        let mut services: Vec<Option<usize>> =
            file.services.iter().map(|taken| Some(self.service(whole(taken)))).collect();
        if services.is_empty() {
            services.push(None);
        }
        let tables = unit.tables(&file.because_of);
        let trust = self.trust.iter().filter(|change| turns(file, change) && has(unit, change));
        let ids: BTreeSet<&str> = file
            .certificates
            .iter()
            .map(String::as_str)
            .chain(trust.map(|change| &*change.certificate))
            .collect();
        for id in ids {
            let Some(change) = self.certificates.get(id).copied() else { continue };
            let certificate = self.certificate(id, change.change.word());
            for table in self.causes(&change.because_of) {
                for &service in &services {
                    self.add([Some(table), Some(certificate), Some(tree), service]);
                }
            }
        }
        for table in self.causes(&tables) {
            for &service in &services {
                self.add([Some(table), None, Some(tree), service]);
            }
        }
    }

    /// Tables that stand behind something; if it is none, what does instead.
    fn causes(&mut self, because_of: &[TableName]) -> Vec<usize> {
        if because_of.is_empty() {
            return vec![self.thing(PLAN, "", vec!["several changes".to_owned()])];
        }
        let words = |table: &TableName| self.tables.get(table).copied().unwrap_or_default();
        let words: Vec<&str> = because_of.iter().map(words).collect();
        because_of
            .iter()
            .zip(words)
            .map(|(table, word)| self.thing(PLAN, word, vec![table.to_string()]))
            .collect()
    }

    fn certificate(&mut self, id: &str, word: &str) -> usize {
        self.thing(CERTIFICATES, word, vec![id.to_owned()])
    }

    fn service(&mut self, change: &ServiceChange) -> usize {
        let version = change.version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
        let word = format!("{}{version}", change.action.word());
        self.thing(SERVICES, &word, vec![change.service.clone()])
    }

    fn thing(&mut self, column: usize, word: &str, names: Vec<String>) -> usize {
        // Boxes are as wide as what is shown.
        let names = names.iter().map(|name| printable::line(name).into_owned()).collect();
        let thing = Thing { column, word: word.to_owned(), names };
        *self.known.entry(thing.clone()).or_insert_with(|| {
            self.things.push(thing);
            self.things.len() - 1
        })
    }

    fn add(&mut self, way: Way) {
        self.ways.insert(way);
    }
}

/// Whether a file gains or loses trust as something else does.
fn turns(file: &FileChange, change: &TrustChange) -> bool {
    match file.trust {
        Some(Trust::Added) => change.change == Done::Added,
        Some(Trust::Dropped) => change.change == Done::Removed,
        None => false,
    }
}

fn has(unit: &UnitChange, change: &TrustChange) -> bool {
    unit.names.iter().any(|name| change.units.binary_search(name).is_ok())
}

/// Leaves out ways that lead from where to where others lead, too, which lead through more.
fn without_shorter(graph: Graph) -> Graph {
    let Graph { things, mut ways } = graph;
    for way in ways.clone() {
        let [table, certificate, tree, service] = way;
        let shorter =
            [[table, None, tree, service], [table, certificate, tree, None], [table, None, tree, None]];
        shorter.iter().filter(|shorter| **shorter != way).for_each(|shorter| _ = ways.remove(shorter));
    }
    Graph { things, ways }
}
