//! Whether what is announced is true: it is compared with what really differs between two built trees. What is
//! announced and is not so, and what is so and is not announced, are both findings.

mod certificates;
mod files;
mod lines;
mod services;
mod waves;

use std::collections::{BTreeMap, BTreeSet};

use crate::history::announced::Announced;
use crate::history::trees::{Trees, Unit};

/// Everything that is wrong with an announcement.
pub(crate) fn judge(announced: &Announced, before: &Trees, after: &Trees) -> Vec<String> {
    let mut findings = Vec::new();
    let pairs = pairs(before, after);
    files::judge(announced, &pairs, &mut findings);
    services::judge(announced, &pairs, &mut findings);
    certificates::judge(announced, &pairs, (before, after), &mut findings);
    waves::judge(announced, &mut findings);
    findings
}

/// What is wrong with the files alone: trees do not say what their hosts were called before, nor which versions run there.
pub(crate) fn judge_files(announced: &Announced, before: &Trees, after: &Trees) -> Vec<String> {
    let mut findings = Vec::new();
    let mut pairs = pairs_by(&BTreeMap::new(), before, after);
    pairs.values_mut().for_each(|pair| pair.versions = None);
    files::judge(announced, &pairs, &mut findings);
    findings
}

/// What is wrong with what is told of one host alone: whatever is told of it is what the whole tells.
pub(crate) fn judge_host(
    narrow: &Announced,
    whole: &Announced,
    before: &Trees,
    after: &Trees,
) -> Vec<String> {
    let mut findings = Vec::new();
    lines::judge(narrow, &pairs(before, after), &mut findings);
    let all = whole.units();
    for (name, unit) in narrow.units() {
        let told = all
            .get(name)
            .map(|whole| (whole.change, whole.was, whole.services, whole.files.keys().collect::<Vec<_>>()));
        if told != Some((unit.change, unit.was, unit.services, unit.files.keys().collect())) {
            findings.push(format!("{name}: something else is told of it alone"));
        }
    }
    findings
}

/// What a unit was and what it is.
struct Pair<'t> {
    was: Option<(&'t String, &'t Unit)>,
    is: Option<&'t Unit>,
    /// The versions of the cluster, where they differ.
    versions: Option<(&'t str, &'t str)>,
}

type Pairs<'t> = BTreeMap<&'t String, Pair<'t>>;

/// All units of both, by the names that they have now or had at last.
fn pairs<'t>(before: &'t Trees, after: &'t Trees) -> Pairs<'t> {
    pairs_by(&renamed(before, after), before, after)
}

fn pairs_by<'t>(renamed: &BTreeMap<String, String>, before: &'t Trees, after: &'t Trees) -> Pairs<'t> {
    let versions = (before.version != after.version).then_some((&*before.version, &*after.version));
    let old = |name: &String| before.units.get_key_value(renamed.get(name).unwrap_or(name));
    let mut pairs: Pairs<'_> = after
        .units
        .iter()
        .map(|(name, is)| (name, Pair { was: old(name), is: Some(is), versions }))
        .collect();
    let gone = before
        .units
        .iter()
        .filter(|(name, _)| !after.units.contains_key(*name) && renamed.values().all(|was| was != *name));
    pairs.extend(gone.map(|(name, was)| (name, Pair { was: Some((name, was)), is: None, versions })));
    pairs
}

/// Hosts that have other names than before: certificates keep the ids that they had under the old ones.
fn renamed(before: &Trees, after: &Trees) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    for (id, held) in &after.certificates {
        let Some((node, _)) = id.strip_prefix("node.").and_then(|id| id.split_once('/')) else { continue };
        let was = format!("hosts/{node}");
        for unit in held.units.iter().filter(|unit| **unit != was && before.units.contains_key(&was)) {
            renamed.insert(unit.clone(), was.clone());
        }
    }
    renamed.retain(|name, _| !before.units.contains_key(name));
    renamed
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
