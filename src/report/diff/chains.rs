//! Chains of causes: from an edited table of the plan to certificates, files and services.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Action, CertificateChange, Comparison, Made, ServiceChange, UnitChange};
use crate::read::TableName;
use crate::values::UnitId;

/// What one table of the plan leads to.
pub(super) struct Chain<'a> {
    /// The table; none: what no table stands behind, such as a renewal in the lock.
    pub(super) table: Option<&'a TableName>,
    /// Certificates.
    pub(super) certificates: Vec<&'a CertificateChange>,
    /// For each file that several may have alike, the units.
    pub(super) files: Vec<Vec<&'a UnitId>>,
    /// Services with the hosts on which something becomes of them.
    pub(super) services: BTreeMap<&'a ServiceChange, BTreeSet<&'a UnitId>>,
}

impl<'a> Chain<'a> {
    fn of(table: Option<&'a TableName>) -> Self {
        Chain { table, certificates: Vec::new(), files: Vec::new(), services: BTreeMap::new() }
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        let other = if self.is_of_the_lock() { "the lock" } else { "several changes of the plan" };
        self.table.map_or_else(|| other.to_owned(), ToString::to_string)
    }

    fn is_of_the_lock(&self) -> bool {
        let renewed = |change: &&CertificateChange| matches!(change.change, Made::Renewed | Made::Rekeyed);
        !self.certificates.is_empty() && self.certificates.iter().all(renewed)
    }

    /// How many files on how many units.
    pub(super) fn files_on_units(&self) -> (usize, usize) {
        let files = self.files.iter().map(Vec::len).sum();
        let units: BTreeSet<&UnitId> = self.files.iter().flatten().copied().collect();
        (files, units.len())
    }
}

/// One chain for each edited table, in the order of the plan, and one for what has none.
pub(super) fn chains(comparison: &Comparison) -> Vec<Chain<'_>> {
    let tables = comparison.plan.iter().map(|edit| Some(&edit.table)).chain([None]);
    let mut links = Links { chains: tables.map(Chain::of).collect(), known: BTreeMap::new() };
    let tables = comparison.plan.iter().enumerate();
    links.known = tables.map(|(at, edit)| (&edit.table, at)).collect();
    for change in &comparison.certificates {
        for at in links.of_tables(&change.because_of) {
            links.chains[at].certificates.push(change);
        }
    }
    for unit in &comparison.units {
        links.unit(unit);
    }
    let mut chains = links.chains;
    chains.retain(|chain| {
        let empty = chain.certificates.is_empty() && chain.files.is_empty() && chain.services.is_empty();
        // Without a plan to compare with nothing stands behind anything.
        let meant = chain.table.is_some() || !comparison.plan.is_empty() || chain.is_of_the_lock();
        !empty && meant
    });
    chains
}

/// The chains while they are linked: the last one is that of what no table stands behind.
struct Links<'a> {
    chains: Vec<Chain<'a>>,
    known: BTreeMap<&'a TableName, usize>,
}

impl<'a> Links<'a> {
    fn of_tables(&self, because_of: &[TableName]) -> Vec<usize> {
        match because_of {
            [] => vec![self.chains.len() - 1],
            tables => tables.iter().filter_map(|table| self.known.get(table).copied()).collect(),
        }
    }

    /// The chains that something of a unit belongs to, each with the names for which it does.
    fn of_unit(&self, unit: &'a UnitChange, because_of: &'a [TableName]) -> Vec<(usize, Vec<&'a UnitId>)> {
        if because_of.is_empty() {
            return vec![(self.chains.len() - 1, unit.names.iter().collect())];
        }
        let causes = unit.causes(because_of).into_iter();
        causes.filter_map(|(table, names)| Some((*self.known.get(&*table)?, names))).collect()
    }

    fn unit(&mut self, unit: &'a UnitChange) {
        for file in &unit.files {
            for (at, names) in self.of_unit(unit, &file.because_of) {
                let chain = &mut self.chains[at];
                for service in &file.services {
                    // As it stands in the whole: more than one file may ask for it.
                    let whole = unit.services.iter().find(|known| known.service == service.service);
                    chain.services.entry(whole.unwrap_or(service)).or_default().extend(&names);
                }
                if !file.is_folder {
                    chain.files.push(names);
                }
            }
        }
        for service in unit.services.iter().filter(|service| is_bare(service.action)) {
            for (at, names) in self.of_unit(unit, &service.because_of) {
                self.chains[at].services.entry(service).or_default().extend(names);
            }
        }
    }
}

/// Whether no file says why.
fn is_bare(action: Action) -> bool {
    matches!(action, Action::Exchange | Action::Start | Action::Stop)
}
