//! Finds the edited tables of the plan that caused each change.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::comparison::{Action, CertificateChange, Comparison, ServiceChange};
use super::done::Done;
use super::edit::{Edit, EditLine};
use super::state::State;
use super::unit::{File, Unit};
use super::{inputs, services};
use crate::expand::Cause;
use crate::read::{TableKind, TableName};
use crate::resolve::Node;
use crate::values::UnitId;

/// Tells of certificates, files and services which tables of the plan caused them.
pub(super) fn say(
    comparison: &mut Comparison,
    units: &mut [Unit],
    (before, after): (Option<&State<'_>>, &State<'_>),
) {
    let causes = Causes::new(&comparison.plan, before, after);
    for change in &mut comparison.certificates {
        change.because_of = causes.of_certificate(change);
    }
    let certificates = &comparison.certificates;
    units.par_iter_mut().for_each(|unit| causes.say_unit(unit, certificates));
}

struct Causes<'a> {
    edits: &'a [Edit],
    tables: BTreeSet<&'a TableName>,
    nodes: BTreeMap<&'a str, &'a Node>,
    before: Option<&'a State<'a>>,
    after: &'a State<'a>,
}

impl<'a> Causes<'a> {
    fn new(edits: &'a [Edit], before: Option<&'a State<'a>>, after: &'a State<'a>) -> Self {
        // What a node is now counts; of one that is gone, what it was.
        let states = before.into_iter().chain([after]);
        let nodes = states.flat_map(|state| state.blueprint.model.nodes.iter());
        let nodes = nodes.map(|node| (node.name.as_str(), node)).collect();
        Self { edits, tables: edits.iter().map(|edit| &edit.table).collect(), nodes, before, after }
    }
}

impl Causes<'_> {
    fn say_unit(&self, unit: &mut Unit, certificates: &[CertificateChange]) {
        let own = self.of_unit(unit);
        let here = self.of_node(unit);
        for file in &mut unit.files {
            file.change.because_of = self.of_file(file, (own, here), certificates);
            let within = file.certificates.iter().map(|&at| certificates[at].id.clone());
            file.change.certificates = within.collect();
        }
        let of_services: Vec<Vec<TableName>> =
            unit.services.iter().map(|service| self.of_service(unit, own, service)).collect();
        for (service, because_of) in unit.services.iter_mut().zip(of_services) {
            service.because_of = because_of;
        }
    }

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
        certificates: &[CertificateChange],
    ) -> Vec<TableName> {
        let certificates = file.certificates.iter().map(|&at| &certificates[at]);
        let mut found: BTreeSet<&TableName> = certificates.flat_map(|change| &change.because_of).collect();
        match own {
            Some(table) => _ = found.insert(table),
            None if self.edits.len() > 1 => found.extend(self.of_inputs(file)),
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

    /// The edited tables of what the file reads and what fills its holes, where that differs.
    fn of_inputs(&self, file: &File) -> BTreeSet<&TableName> {
        let (Some(before), (was, is)) = (self.before, file.made_from) else { return BTreeSet::new() };
        let was = was.or_else(|| inputs::counterpart((self.after, is?), before));
        let is = is.or_else(|| inputs::counterpart((before, was?), self.after));
        let mut found: BTreeSet<&TableName> =
            file.filled_from.iter().filter_map(|table| self.table(table)).collect();
        match (was, is) {
            (Some(was), Some(is)) => {
                let read = inputs::tables((before, was), (self.after, is)).unwrap_or_default();
                found.extend(read.iter().filter_map(|table| self.table(table)));
            }
            (None, None) => {}
            // The instance comes or goes.
            (Some(was), None) => found.extend(self.first(&inputs::of_instance((before, was)))),
            (None, Some(is)) => found.extend(self.first(&inputs::of_instance((self.after, is)))),
        }
        found
    }

    /// The first of several tables that was edited.
    fn first(&self, tables: &[TableName]) -> Option<&TableName> {
        tables.iter().find_map(|table| self.table(table))
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
            Cause::Text { span, .. } => self.after.key_at(*span).and_then(|key| self.edited(&key.table)),
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
}

/// Whether a table is that of the component whose own file it is.
fn is_of(file: &File, table: &TableName) -> bool {
    table.kind == TableKind::Component && table.name.is_some() && file.component == table.name
}
