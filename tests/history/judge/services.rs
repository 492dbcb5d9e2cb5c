//! Restarts and reloads: each has a changed file that wants it, and each changed file gets what it wants.

use std::collections::{BTreeMap, BTreeSet};

use super::compare;
use super::files::changed;
use crate::announced::{Announced, Service};
use crate::trees::{Entry, Trees, Unit};

/// Flags that matter when a program starts for the very first time, as etcd says
/// (https://etcd.io/docs/v3.6/op-guide/configuration/#clustering).
const FIRST_START: [&str; 4] = [
    "--initial-advertise-peer-urls",
    "--initial-cluster",
    "--initial-cluster-state",
    "--initial-cluster-token",
];

pub(super) fn judge(announced: &Announced, before: &Trees, after: &Trees, findings: &mut Vec<String>) {
    let (mut said, mut is) = (BTreeMap::new(), BTreeMap::new());
    let units = announced.units();
    let names: BTreeSet<&String> = before.units.keys().chain(after.units.keys()).collect();
    for name in names {
        let (one, other) = (before.units.get(name), after.units.get(name));
        if let Some(unit) = units.get(name.as_str()) {
            said.insert(name.clone(), unit.services.clone());
            said.extend(
                unit.files.iter().map(|(path, file)| (format!("{name}/{path}"), file.services.clone())),
            );
        }
        is.insert(name.clone(), services(one, other));
        for (path, entries) in changed(one, other) {
            is.insert(format!("{name}/{path}"), wanted(one, other, entries));
        }
    }
    said.retain(|_, services| !services.is_empty());
    is.retain(|_, services| !services.is_empty());
    compare("services of", &said, &is, findings);
}

/// What a unit's services do: who is restarted is not reloaded besides.
fn services(before: Option<&Unit>, after: Option<&Unit>) -> BTreeSet<Service> {
    let files = changed(before, after).into_values();
    let mut all: BTreeSet<Service> = files.flat_map(|entries| wanted(before, after, entries)).collect();
    let restarted: BTreeSet<String> =
        all.iter().filter(|one| one.action != "reload").map(|one| one.service.clone()).collect();
    all.retain(|one| one.action != "reload" || !restarted.contains(&one.service));
    all
}

/// What one changed file wants.
fn wanted(
    before: Option<&Unit>,
    after: Option<&Unit>,
    (old, new): (Option<&Entry>, Option<&Entry>),
) -> BTreeSet<Service> {
    let Some(entry) = new.or(old) else { return BTreeSet::new() };
    if let (Some(old), Some(new)) = (old, new)
        && is_for_first_start(&old.text(), &new.text())
    {
        return BTreeSet::new();
    }
    let of = |services: &[String], action: &str| -> Vec<Service> {
        let one = |service: &String| match (runs(before, service), runs(after, service)) {
            (false, _) => Service { service: service.clone(), action: "start".to_owned() },
            (_, false) => Service { service: service.clone(), action: "stop".to_owned() },
            _ => Service { service: service.clone(), action: action.to_owned() },
        };
        services.iter().map(one).collect()
    };
    of(&entry.restart, "restart").into_iter().chain(of(&entry.reload, "reload")).collect()
}

/// Whether a unit has such a service: one of its files is for it.
fn runs(unit: Option<&Unit>, service: &str) -> bool {
    let names = |entry: &Entry| entry.restart.iter().chain(&entry.reload).any(|name| name == service);
    unit.is_some_and(|unit| unit.values().any(names))
}

/// Whether nothing differs but flags for the very first start.
fn is_for_first_start(before: &str, after: &str) -> bool {
    let flag = |line: &str| line.trim().split('=').next().unwrap_or_default().to_owned();
    let rest = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !FIRST_START.contains(&flag(line).as_str()));
        lines.map(str::to_owned).collect()
    };
    before != after && rest(before) == rest(after)
}
