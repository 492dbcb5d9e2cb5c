//! Restarts and reloads: each has a changed file that wants it, and each changed file gets what it wants.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Entries, changed};
use super::{Pair, Pairs, compare};
use crate::history::announced::{Announced, Service};
use crate::history::trees::{Entry, Unit};

/// Flags that matter when a program starts for the very first time, as etcd says
/// (https://etcd.io/docs/v3.6/op-guide/configuration/#clustering).
const FIRST_START: [&str; 4] = [
    "--initial-advertise-peer-urls",
    "--initial-cluster",
    "--initial-cluster-state",
    "--initial-cluster-token",
];

/// Where the kubelet finds pods.
const PODS: &str = "etc/kubernetes/manifests/";

/// Programs whose version is the cluster's.
const VERSIONED: [&str; 2] = ["kube", "exporter"];

pub(super) fn judge(announced: &Announced, pairs: &Pairs<'_>, findings: &mut Vec<String>) {
    let (mut said, mut is) = (BTreeMap::new(), BTreeMap::new());
    for (name, unit) in announced.units() {
        said.insert(name.to_owned(), unit.services.clone());
        said.extend(unit.files.iter().map(|(path, file)| (format!("{name}/{path}"), file.services.clone())));
    }
    for (name, pair) in pairs {
        is.insert((*name).clone(), services(pair));
        // Who starts or stops takes no change.
        let going_on = going_on(pair);
        for (path, entries) in changed(pair) {
            let mut takes = wanted(path, entries);
            takes.retain(|one| going_on.contains(&one.service));
            is.insert(format!("{name}/{path}"), takes);
        }
    }
    said.retain(|_, services| !services.is_empty());
    is.retain(|_, services| !services.is_empty());
    compare("services of", &said, &is, findings);
}

/// What a unit's services do. Of several things that one does, the last counts: reload, restart, exchange.
pub(super) fn services(pair: &Pair<'_>) -> BTreeSet<Service> {
    let (old, new) = (running(pair.was.map(|(_, was)| was)), running(pair.is));
    let mut all: BTreeMap<String, Service> = BTreeMap::new();
    let mut note = |one: Service| all.insert(one.service.clone(), one);
    let wanted: Vec<Service> =
        changed(pair).into_iter().flat_map(|(path, entries)| wanted(path, entries)).collect();
    for action in ["reload", "restart"] {
        wanted.iter().filter(|one| one.action == action).for_each(|one| drop(note(one.clone())));
    }
    let versioned =
        |name: &str| VERSIONED.iter().any(|known| name.trim_start_matches("pod ").starts_with(known));
    for name in old.intersection(&new).filter(|name| versioned(name)) {
        if let Some((from, to)) = pair.versions {
            let version = Some(format!("{from} -> {to}"));
            note(Service { version, ..Service::new(name, "exchange") });
        }
    }
    new.difference(&old).for_each(|name| drop(note(Service::new(name, "start"))));
    old.difference(&new).for_each(|name| drop(note(Service::new(name, "stop"))));
    all.into_values().collect()
}

/// The services that a unit has before and after.
fn going_on(pair: &Pair<'_>) -> BTreeSet<String> {
    let (old, new) = (running(pair.was.map(|(_, was)| was)), running(pair.is));
    old.intersection(&new).cloned().collect()
}

/// The services that a unit's files are for, and its pods.
fn running(unit: Option<&Unit>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (path, entry) in unit.into_iter().flatten() {
        names.extend(entry.restart.iter().chain(&entry.reload).cloned());
        names.extend(pod(path));
    }
    names
}

/// The pod whose manifest lies at a path.
fn pod(path: &str) -> Option<String> {
    Some(format!("pod {}", path.strip_prefix(PODS)?.strip_suffix(".yaml")?))
}

/// What one changed file wants of the services that are there before and after.
fn wanted(path: &str, (old, new): Entries<'_>) -> BTreeSet<Service> {
    let Some(entry) = new.or(old) else { return BTreeSet::new() };
    if let (Some(old), Some(new)) = (old, new)
        && is_for_first_start(old, new)
    {
        return BTreeSet::new();
    }
    let restart = entry.restart.iter().cloned().chain(pod(path)).map(|name| Service::new(&name, "restart"));
    restart.chain(entry.reload.iter().map(|name| Service::new(name, "reload"))).collect()
}

/// Whether nothing differs but flags for the very first start.
fn is_for_first_start(old: &Entry, new: &Entry) -> bool {
    let is_one = |line: &&str| FIRST_START.iter().any(|flag| line.contains(&format!("{flag}=")));
    let rest = |entry: &Entry| -> Vec<String> {
        entry.text().lines().filter(|line| !is_one(line)).map(str::to_owned).collect()
    };
    old.text() != new.text() && rest(old) == rest(new)
}
