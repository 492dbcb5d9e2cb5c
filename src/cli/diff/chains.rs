//! From a table of the plan to certificates, files and services: the chain of causes.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Action, CertificateChange, Comparison, Made, ServiceChange, UnitChange};

/// What one table of the plan leads to.
pub(super) struct Chain<'a> {
    /// The table; none: what no table stands behind, such as a renewal in the lock.
    pub(super) table: Option<&'a str>,
    /// Certificates.
    pub(super) certificates: Vec<&'a CertificateChange>,
    /// For each file that several may have alike, the units.
    pub(super) files: Vec<Vec<&'a str>>,
    /// Services with the hosts on which something becomes of them.
    pub(super) services: BTreeMap<&'a ServiceChange, BTreeSet<&'a str>>,
}

impl Chain<'_> {
    /// What it is called.
    pub(super) fn name(&self) -> &str {
        let other = if self.is_of_the_lock() { "the lock" } else { "no single table of the plan" };
        self.table.unwrap_or(other)
    }

    fn is_of_the_lock(&self) -> bool {
        let renewed = |change: &&CertificateChange| matches!(change.change, Made::Renewed | Made::Rekeyed);
        !self.certificates.is_empty() && self.certificates.iter().all(renewed)
    }

    /// How many files on how many units.
    pub(super) fn files_on_units(&self) -> (usize, usize) {
        let files = self.files.iter().map(Vec::len).sum();
        let units: BTreeSet<&str> = self.files.iter().flatten().copied().collect();
        (files, units.len())
    }
}

/// One chain for each edited table, and one for what has none.
pub(super) fn chains(comparison: &Comparison) -> Vec<Chain<'_>> {
    let tables = comparison.plan.iter().map(|edit| Some(edit.table.as_str())).chain([None]);
    let chains = tables.map(|table| chain(comparison, table));
    chains
        // Without a plan to compare with nothing stands behind anything.
        .filter(|chain| chain.table.is_some() || !comparison.plan.is_empty() || chain.is_of_the_lock())
        .filter(|chain| {
            !chain.certificates.is_empty() || !chain.files.is_empty() || !chain.services.is_empty()
        })
        .collect()
}

fn chain<'a>(comparison: &'a Comparison, table: Option<&'a str>) -> Chain<'a> {
    let because = |tables: &[String]| match table {
        Some(table) => tables.iter().any(|known| known == table),
        None => tables.is_empty(),
    };
    let certificates = comparison.certificates.iter().filter(|change| because(&change.because_of)).collect();
    let mut files = Vec::new();
    let mut services: BTreeMap<&ServiceChange, BTreeSet<&str>> = BTreeMap::new();
    for unit in &comparison.units {
        let caused = |because_of: &[String]| caused(unit, because_of, table);
        for file in &unit.files {
            let hosts = caused(&file.because_of);
            if hosts.is_empty() {
                continue;
            }
            for service in &file.services {
                // As it stands in the whole: more than one file may ask for it.
                let whole = unit.services.iter().find(|known| known.service == service.service);
                services.entry(whole.unwrap_or(service)).or_default().extend(&hosts);
            }
            files.push(hosts);
        }
        for service in unit.services.iter().filter(|service| is_bare(service.action)) {
            let hosts = caused(&service.because_of);
            if !hosts.is_empty() {
                services.entry(service).or_default().extend(hosts);
            }
        }
    }
    Chain { table, certificates, files, services }
}

/// The units of those that are alike for which a table caused something.
fn caused<'a>(unit: &'a UnitChange, because_of: &[String], table: Option<&str>) -> Vec<&'a str> {
    match table {
        Some(table) => unit.caused_by(because_of, table),
        None if because_of.is_empty() => unit.names.iter().map(String::as_str).collect(),
        None => Vec::new(),
    }
}

/// Whether no file says why.
fn is_bare(action: Action) -> bool {
    matches!(action, Action::Exchange | Action::Start | Action::Stop)
}
