//! From a table of the plan to certificates, files and services: the chain of causes.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Action, CertificateChange, Comparison, FileChange, Made, ServiceChange, UnitChange};

/// What one table of the plan leads to.
pub(super) struct Chain<'a> {
    /// The table; none: what no table stands behind, such as a renewal in the lock.
    pub(super) table: Option<&'a str>,
    /// Certificates.
    pub(super) certificates: Vec<&'a CertificateChange>,
    /// Files with the number of units that have them so.
    pub(super) files: Vec<(&'a UnitChange, &'a FileChange)>,
    /// Services with the hosts on which something becomes of them.
    pub(super) services: BTreeMap<&'a ServiceChange, BTreeSet<&'a str>>,
}

impl Chain<'_> {
    /// What it is called.
    pub(super) fn name(&self) -> &str {
        let renewed = |change: &&CertificateChange| matches!(change.change, Made::Renewed | Made::Rekeyed);
        let by_lock = !self.certificates.is_empty() && self.certificates.iter().all(renewed);
        self.table.unwrap_or(if by_lock { "the lock" } else { "no single table of the plan" })
    }

    /// How many files on how many units.
    pub(super) fn files_on_units(&self) -> (usize, usize) {
        let files = self.files.iter().map(|(unit, _)| unit.names.len()).sum();
        let units: BTreeSet<&str> =
            self.files.iter().flat_map(|(unit, _)| unit.names.iter().map(String::as_str)).collect();
        (files, units.len())
    }
}

/// One chain for each edited table, and one for what has none.
pub(super) fn chains(comparison: &Comparison) -> Vec<Chain<'_>> {
    let tables = comparison.plan.iter().map(|edit| Some(edit.table.as_str())).chain([None]);
    let chains = tables.map(|table| chain(comparison, table));
    chains
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
        for file in unit.files.iter().filter(|file| because(&file.because_of)) {
            files.push((unit, file));
            for service in &file.services {
                // As it stands in the whole: more than one file may ask for it.
                let whole = unit.services.iter().find(|known| known.service == service.service);
                let hosts = services.entry(whole.unwrap_or(service)).or_default();
                hosts.extend(unit.names.iter().map(String::as_str));
            }
        }
        let bare = unit.services.iter().filter(|service| is_bare(service.action));
        for service in bare.filter(|service| because(&service.because_of)) {
            services.entry(service).or_default().extend(unit.names.iter().map(String::as_str));
        }
    }
    Chain { table, certificates, files, services }
}

/// Whether no file says why.
fn is_bare(action: Action) -> bool {
    matches!(action, Action::Exchange | Action::Start | Action::Stop)
}
