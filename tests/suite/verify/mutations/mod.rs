//! One fault at a time in good trees: `verify --trees` names the connections that break, and nothing else.

mod authorities;
mod certificates;
mod documents;
mod draft;
mod exhaustive;
mod hosts;
mod identity;
mod inputs;
mod material;
mod members;
mod pods;
mod said;
mod shared;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tree::Tree;

use crate::support::Lab;

/// An hour after the build: bootstrap tokens hold for a day.
const AT: &str = "2026-01-01T01:00:00Z";

/// Good trees: their name, a plan, and what is changed in it.
type Base = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Three masters, two workers, keepalived and haproxy, bootstrap tokens; the guide's folders.
const GUIDE: &str = "guide";
/// The same machines with kubeadm's folders, run by systemd.
const UNITS: &str = "units";
/// Static pods on three masters, and one worker.
const PODS: &str = "pods";
/// Kubernetes' authority is below a root; somebody else's load balancer.
const BELOW: &str = "below a root";
/// haproxy on each worker.
const PROXIES: &str = "proxies";
/// haproxy on hosts of its own.
const BALANCERS: &str = "balancers";
/// Two families of addresses.
const FAMILIES: &str = "families";
/// A file of tokens, on two masters.
const TOKENS: &str = "tokens";
/// The hard way's folders, and etcd runs as a user of its own.
const HARD: &str = "hard";

const BASES: [Base; 9] = [
    (GUIDE, "ha-vip", &[]),
    (UNITS, "ha", &[]),
    (PODS, "kubeadm-ha", &[]),
    (
        BELOW,
        "intermediate",
        // Keys that are quickly made, and that the tests sign with.
        &[
            (
                "Payments Root CA\"\norganizations = [\"Payments\"]\nkey = \"rsa-2048\"",
                "Payments Root CA\"\norganizations = [\"Payments\"]\nkey = \"ecdsa-p256\"",
            ),
            (
                "Payments Kubernetes CA\"\norganizations = [\"Payments\"]\nkey = \"rsa-2048\"",
                "Payments Kubernetes CA\"\norganizations = [\"Payments\"]\nkey = \"ecdsa-p256\"",
            ),
        ],
    ),
    (PROXIES, "node-proxy", &[]),
    (BALANCERS, "load-balancers", &[]),
    (FAMILIES, "dual-stack", &[]),
    (
        TOKENS,
        "bootstrap-token-file",
        &[
            ("endpoint = \"node.master\"", "endpoint = \"vip.api\""),
            (
                "[node.node1]",
                "[vip.api]\naddresses = [\"172.20.0.100\"]\nport = 6443\nserved-by = \"external\"\n\n\
                 [node.master2]\naddresses = [\"172.20.0.112\"]\nroles = [\"control-plane\"]\n\n\
                 [node.node1]",
            ),
        ],
    ),
    (
        HARD,
        "ha",
        &[
            ("layout = \"kubeadm\"", "layout = \"the-hard-way\""),
            ("[vip.api]", "[component.etcd]\nsetting.user = \"etcd\"\n\n[vip.api]"),
        ],
    ),
];

/// One fault.
struct Fault {
    name: &'static str,
    base: &'static str,
    change: fn(&Tree),
    /// What is said of it, in the lines of [`said::lines`].
    found: &'static [&'static str],
    /// A part of one of the messages.
    says: &'static str,
}

const fn fault(
    base: &'static str,
    name: &'static str,
    change: fn(&Tree),
    found: &'static [&'static str],
    says: &'static str,
) -> Fault {
    Fault { name, base, change, found, says }
}

fn all() -> Vec<&'static Fault> {
    let tables = [
        authorities::FAULTS,
        certificates::FAULTS,
        documents::FAULTS,
        hosts::FAULTS,
        identity::FAULTS,
        inputs::FAULTS,
        material::FAULTS,
        members::FAULTS,
        pods::FAULTS,
        shared::FAULTS,
    ];
    tables.into_iter().flatten().collect()
}

/// What the program says of trees, and whether it is content.
fn verified(lab: &Lab, trees: &str) -> (Value, i32) {
    let run = lab.run(&["verify", "cluster.toml", "--trees", trees, "--at", AT, "--format", "json"]);
    (serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}")), run.code)
}

fn built((_, plan, edits): &Base) -> Lab {
    let lab = Lab::of(plan);
    for (from, to) in *edits {
        lab.edit(from, to);
    }
    lab.build();
    let (report, code) = verified(&lab, "cluster.trees");
    assert_eq!((code, said::lines(&report, &[])), (0, Vec::new()), "{plan}");
    lab
}

/// What is wrong with what is said of a fault.
fn judged(fault: &Fault, lab: &Lab) -> Option<String> {
    let tree = Tree::of(&lab.path("cluster.trees"));
    (fault.change)(&tree);
    let (report, code) = verified(lab, tree.path("").to_str().unwrap());
    let lines = said::lines(&report, &tree.hosts());
    let findings = report["findings"].as_array().unwrap();
    let messages: Vec<&str> = findings.iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    let broken = report["not_proven"].as_array().unwrap().iter();
    let is_whole = |connection: &Value| {
        connection["client"]["name"].is_string()
            && connection["dial"].is_string()
            && connection["host"].is_string()
    };
    let fails = findings.iter().any(|finding| finding["severity"] == "error")
        || broken.clone().any(|connection| connection["verdict"] == "broken");
    let mut found: Vec<&str> = fault.found.to_vec();
    found.sort_unstable();
    let is_right = lines == found
        && messages.iter().any(|message| message.contains(fault.says)) != fault.says.is_empty()
        && broken.clone().all(is_whole)
        && code == i32::from(fails);
    let messages: BTreeSet<&str> = messages.into_iter().collect();
    (!is_right)
        .then(|| format!("{} ({}), exit code {code}\n{lines:#?}\n{messages:#?}", fault.name, fault.base))
}

#[test]
fn single_faults_are_named_and_nothing_else() {
    let only = std::env::var("FAULT").unwrap_or_default();
    let faults: Vec<&Fault> = all().into_iter().filter(|fault| fault.name.contains(&only)).collect();
    let bases: BTreeSet<&str> = faults.iter().map(|fault| fault.base).collect();
    let names: BTreeSet<&str> = faults.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), faults.len());
    assert!(!only.is_empty() || faults.len() >= 150, "{}", faults.len());
    let labs: Mutex<BTreeMap<&str, Lab>> = Mutex::default();
    each(&BASES, |base| {
        if bases.contains(base.0) {
            let lab = built(base);
            labs.lock().unwrap().insert(base.0, lab);
        }
    });
    let labs = labs.into_inner().unwrap();
    let wrong: Mutex<BTreeMap<&str, String>> = Mutex::default();
    each(&faults, |fault| {
        let judged = std::panic::catch_unwind(AssertUnwindSafe(|| judged(fault, &labs[fault.base])));
        if let Some(text) = judged.unwrap_or_else(|_| Some(format!("{}: it cannot be made", fault.name))) {
            wrong.lock().unwrap().insert(fault.name, text);
        }
    });
    let wrong: Vec<String> = wrong.into_inner().unwrap().into_values().collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), faults.len(), wrong.join("\n"));
}

/// Calls a function for each thing, on all processors.
fn each<T: Sync>(things: &[T], call: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(thing) = things.get(next.fetch_add(1, Ordering::Relaxed)) {
                    call(thing);
                }
            });
        }
    });
}
