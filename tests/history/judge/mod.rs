//! Whether what is announced is true: it is compared with what really differs between two built trees. What is
//! announced and is not so, and what is so and is not announced, are both findings.

mod certificates;
mod files;
mod services;
mod waves;

use std::collections::{BTreeMap, BTreeSet};

use crate::announced::Announced;
use crate::trees::Trees;

/// Everything that is wrong with an announcement.
pub(crate) fn judge(announced: &Announced, before: &Trees, after: &Trees) -> Vec<String> {
    let mut findings = Vec::new();
    files::judge(announced, before, after, &mut findings);
    services::judge(announced, before, after, &mut findings);
    certificates::judge(announced, before, after, &mut findings);
    waves::judge(announced, &mut findings);
    findings
}

/// `added`, `removed`, `changed`; none where it is the same.
fn change<T>(before: Option<&T>, after: Option<&T>, same: impl Fn(&T, &T) -> bool) -> Option<&'static str> {
    match (before, after) {
        (None, Some(_)) => Some("added"),
        (Some(_), None) => Some("removed"),
        (Some(before), Some(after)) if !same(before, after) => Some("changed"),
        _ => None,
    }
}

/// The changes of two maps, by key.
fn changes<T>(
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
    same: impl Fn(&T, &T) -> bool,
) -> BTreeMap<String, String> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = keys
        .into_iter()
        .filter_map(|key| Some((key.clone(), change(before.get(key), after.get(key), &same)?.to_owned())));
    changed.collect()
}

/// What one map says and another does not, or says otherwise.
fn compare<T: PartialEq + std::fmt::Debug>(
    what: &str,
    announced: &BTreeMap<String, T>,
    truth: &BTreeMap<String, T>,
    findings: &mut Vec<String>,
) {
    let keys: BTreeSet<&String> = announced.keys().chain(truth.keys()).collect();
    for key in keys {
        match (announced.get(key), truth.get(key)) {
            (Some(said), None) => {
                findings.push(format!("{what} {key}: announced {said:?}, and nothing is so"))
            }
            (None, Some(is)) => findings.push(format!("{what} {key}: not announced, and is {is:?}")),
            (Some(said), Some(is)) if said != is => {
                findings.push(format!("{what} {key}: announced {said:?}, and is {is:?}"));
            }
            _ => {}
        }
    }
}
