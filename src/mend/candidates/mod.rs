//! Derives candidates, which are edits that may fix a finding, from the finding.

mod addresses;
mod ask;
mod certificates;
mod names;
mod overrides;
mod rights;
mod trust;

use std::collections::{BTreeMap, BTreeSet};

use super::edit::Plan;
use super::facts::{Kind, Seen, kind};
use super::patch::size;
use crate::verify::Finding;
use ask::Ask;

/// The kinds of findings, the worst first, each with the texts that may mend it: the smallest edit first.
pub(super) fn candidates<'s>(seen: &'s Seen<'s>, text: &str) -> Vec<(Kind, &'s Finding, Vec<String>)> {
    let Some(plan) = Plan::read(text) else { return Vec::new() };
    let mut kinds: BTreeMap<Kind, Vec<&Finding>> = BTreeMap::new();
    for finding in &seen.proof.findings {
        kinds.entry(kind(seen.wiring, finding)).or_default().push(finding);
    }
    let mut all: Vec<_> = kinds
        .into_iter()
        .filter_map(|(kind, findings)| {
            let first = *findings.first()?;
            Some((kind, first, of(&Ask { seen, plan: &plan, findings }, text)))
        })
        .collect();
    all.sort_by_key(|(kind, ..)| kind.code.severity());
    all
}

fn of(ask: &Ask<'_>, text: &str) -> Vec<String> {
    let plans = [
        overrides::all(ask),
        names::all(ask),
        trust::all(ask),
        rights::all(ask),
        addresses::all(ask),
        certificates::all(ask),
    ];
    let texts: BTreeSet<String> = plans.into_iter().flatten().map(|plan| plan.text()).collect();
    let mut texts: Vec<(usize, usize, String)> = texts
        .into_iter()
        .filter(|new| new != text)
        .map(|new| {
            let (lines, bytes) = size(text, &new);
            (lines, bytes, new)
        })
        .collect();
    texts.sort();
    texts.into_iter().map(|(.., text)| text).collect()
}
