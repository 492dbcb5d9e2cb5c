//! One fault at a time in good trees: `verify --trees` names the connections that break, and nothing else.

mod exhaustive;
mod said;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::support::Lab;
use crate::support::mutations::{BASES, Base, Fault, all, tree::Tree};

/// An hour after the build: bootstrap tokens hold for a day.
const AT: &str = "2026-01-01T01:00:00Z";

/// What the program says of trees, and whether it is content.
fn verified(lab: &Lab, trees: &str) -> (Value, i32) {
    let run = lab.run(&["verify", "cluster.toml", "--trees", trees, "--at", AT, "--format", "json"]);
    (serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}")), run.code)
}

fn built(base: &Base) -> Lab {
    let lab = base.lab();
    lab.build();
    let (report, code) = verified(&lab, "cluster.trees");
    assert_eq!((code, said::lines(&report, &[])), (0, Vec::new()), "{}", base.name);
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
        if bases.contains(base.name) {
            let lab = built(base);
            labs.lock().unwrap().insert(base.name, lab);
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
