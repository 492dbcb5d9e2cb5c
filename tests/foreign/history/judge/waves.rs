//! The order of restarts: all that hosts do stands in it once, those that vote and those behind the VIP go one by one, and
//! no program is ever newer than the API servers that it talks to.

use std::collections::BTreeMap;

use super::compare;
use crate::history::announced::{Announced, Service, Step};

/// The order in which waves come.
const ORDER: [&str; 7] =
    ["trust-added", "members", "control-planes", "followers", "others", "leaving", "trust-dropped"];

/// The same where versions go back by a minor.
const BACK: [&str; 7] =
    ["trust-added", "followers", "control-planes", "members", "others", "leaving", "trust-dropped"];

/// Who votes, and who is behind the VIP.
const ONE_BY_ONE: [&str; 2] = ["etcd", "kube-apiserver"];

/// Who may not be newer than any API server (https://kubernetes.io/releases/version-skew-policy/).
const NEVER_NEWER: [&str; 2] = ["kubelet", "kube-proxy"];

const API: [&str; 1] = ["kube-apiserver"];

/// Whether a Kubernetes program gets an older version.
fn goes_back(announced: &Announced) -> bool {
    let services = announced.waves.iter().flat_map(|wave| &wave.steps).flat_map(|step| &step.services);
    let mut versions = services.filter(|one| is_one(one, &API)).filter_map(|one| one.version.as_deref());
    versions.any(|versions| {
        let minor = |version: &str| version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
        versions.split_once(" -> ").is_some_and(|(from, to)| minor(to) < minor(from))
    })
}

pub(super) fn judge(announced: &Announced, findings: &mut Vec<String>) {
    let goes_back = goes_back(announced);
    let order = if goes_back { BACK } else { ORDER };
    let position = |kind: &String| order.iter().position(|known| known == kind);
    if !announced.waves.is_sorted_by_key(|wave| position(&wave.kind)) {
        findings.push("waves stand in another order".to_owned());
    }
    complete(announced, findings);
    let steps: Vec<(&str, &Step)> =
        announced.waves.iter().flat_map(|wave| wave.steps.iter().map(|step| (&*wave.kind, step))).collect();
    for (wave, step) in steps.iter().filter(|(_, step)| !step.one_by_one && step.hosts.len() > 1) {
        let told = step.services.iter().filter(|one| is_one(one, &ONE_BY_ONE) && one.action != "start");
        findings.extend(told.map(|one| format!("{wave}: {} goes on {:?} at once", one.service, step.hosts)));
    }
    let exchanged = |(_, step): &(&str, &Step), names: &[&str]| {
        step.services.iter().any(|one| is_one(one, names) && one.action == "exchange")
    };
    // Forward the API servers go first, and back they go last.
    let (first_ones, last_ones) =
        if goes_back { (&NEVER_NEWER[..], &API[..]) } else { (&API[..], &NEVER_NEWER[..]) };
    let last = steps.iter().rposition(|step| exchanged(step, first_ones));
    let first = steps.iter().position(|step| exchanged(step, last_ones));
    if first.zip(last).is_some_and(|(first, last)| first <= last) {
        findings.push("something is newer than an API server for a while".to_owned());
    }
}

/// Whether it is the service or the pod of one of these programs.
fn is_one(service: &Service, names: &[&str]) -> bool {
    let name = service.service.trim_start_matches("pod ").trim_end_matches(".service");
    names.contains(&name)
}

/// What units do stands in the waves once.
fn complete(announced: &Announced, findings: &mut Vec<String>) {
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for step in announced.waves.iter().flat_map(|wave| &wave.steps) {
        let done = |host: &String| step.services.iter().map(|one| done(host, one)).collect::<Vec<_>>();
        step.hosts.iter().flat_map(done).for_each(|done| *said.entry(done).or_default() += 1);
    }
    let mut is = BTreeMap::new();
    for (name, unit) in announced.units() {
        let Some(host) = name.strip_prefix("hosts/") else { continue };
        is.extend(unit.services.iter().map(|one| (done(host, one), 1)));
    }
    compare("wave", &said, &is, findings);
}

fn done(host: &str, one: &Service) -> String {
    format!("{host}: {} {}", one.action, one.service)
}
