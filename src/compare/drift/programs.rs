//! Compares the programs that a host runs with those of the plan, flag by flag.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::done::Done;
use super::super::drifted::{HostDrift, InputChange, ProgramChange};
use super::super::line::Line;
use super::super::placeholders::Placeholders;
use crate::host::{Files, Place};
use crate::leaks;
use crate::wiring::{Program, Wiring};

/// What stands in place of what may be private.
const PRIVATE: &str = "(private)";
/// How flags end whose values are.
const PRIVATE_NAMES: [&str; 3] = ["--token", "password", "-secret"];

/// What differs between the programs that a host runs and those that it should, both seen by the same eyes. `files` are
/// the host's: of what lies outside of them nothing is said. Each wiring has the programs of that host under its name.
pub fn programs(host: &str, planned: &Wiring, (seen, files): (&Wiring, &dyn Files), drift: &mut HostDrift) {
    let (planned_by, seen_by) = (by_component(planned, host), by_component(seen, host));
    let components: BTreeSet<&str> = planned_by.keys().chain(seen_by.keys()).copied().collect();
    let none = Vec::new();
    for component in components {
        let mut wanted = planned_by.get(component).unwrap_or(&none).clone();
        let mut there = seen_by.get(component).unwrap_or(&none).clone();
        let mut pairs = take_pairs(&mut wanted, &mut there, |one, other| one.name == other.name);
        pairs.extend(take_pairs(&mut wanted, &mut there, |_, _| true));
        drift.programs.extend(pairs.into_iter().filter_map(|(wanted, there)| changed(wanted, there, files)));
        let known = wanted.into_iter().filter(|program| files.knows(&program.at.path));
        drift.programs.extend(known.map(|program| alone(program, Done::Added)));
        drift.programs.extend(there.into_iter().map(|program| alone(program, Done::Removed)));
    }
    drift.programs.sort();
    let usual: BTreeSet<String> = gaps(planned, host).collect();
    drift.unread.extend(gaps(seen, host).filter(|gap| !usual.contains(gap)));
}

fn by_component<'w>(wiring: &'w Wiring, host: &str) -> BTreeMap<&'w str, Vec<&'w Program>> {
    let mut all: BTreeMap<&str, Vec<&Program>> = BTreeMap::new();
    let is_own = |program: &&Program| program.host.is_some_and(|index| &*wiring.hosts[index].name == host);
    for program in wiring.programs.iter().filter(is_own).filter(|program| program.starts) {
        all.entry(&*program.component).or_default().push(program);
    }
    all
}

/// What could not be read.
fn gaps<'w>(wiring: &'w Wiring, host: &'w str) -> impl Iterator<Item = String> + 'w {
    let own = wiring
        .unread
        .iter()
        .filter(move |(index, _)| index.is_some_and(|index| &*wiring.hosts[index].name == host));
    own.map(|(_, gap)| format!("{}: {}", gap.at, gap.why))
}

/// Takes those out that belong together, in their order.
fn take_pairs<'w>(
    wanted: &mut Vec<&'w Program>,
    there: &mut Vec<&'w Program>,
    belong: impl Fn(&Program, &Program) -> bool,
) -> Vec<(&'w Program, &'w Program)> {
    let mut pairs = Vec::new();
    wanted.retain(|one| match there.iter().position(|other| belong(one, other)) {
        Some(at) => {
            pairs.push((*one, there.remove(at)));
            false
        }
        None => true,
    });
    pairs
}

fn alone(program: &Program, change: Done) -> ProgramChange {
    ProgramChange {
        change,
        component: program.component.to_string(),
        name: program.name.to_string(),
        at: program.at.to_string(),
        inputs: Vec::new(),
    }
}

fn changed(wanted: &Program, there: &Program, files: &dyn Files) -> Option<ProgramChange> {
    let mut inputs = Vec::new();
    let root = || Arc::from("root");
    let user = |program: &Program| program.user.clone().unwrap_or_else(root);
    let version = |program: &Program| Arc::from(program.version.to_string());
    let own = [
        ("name", Arc::clone(&there.name), Arc::clone(&wanted.name)),
        ("user", user(there), user(wanted)),
        ("version", version(there), version(wanted)),
    ];
    for (name, was, is) in own {
        if was != is {
            inputs.push(input(name, Some(&was), Some(&is), Some(&there.at)));
        }
    }
    let of = |program: &Program| -> BTreeMap<Arc<str>, (String, Place)> {
        let all = program.inputs.iter();
        all.map(|(name, values, at)| (Arc::clone(name), (values.join(","), at.clone()))).collect()
    };
    let (was, is) = (of(there), of(wanted));
    let names: BTreeSet<&Arc<str>> = was.keys().chain(is.keys()).collect();
    for name in names {
        let flag = format!("--{name}");
        match (was.get(name), is.get(name)) {
            (Some((was, at)), Some((is, _))) if was != is => {
                inputs.push(input(&flag, Some(was), Some(is), Some(at)));
            }
            (Some((was, at)), None) => inputs.push(input(&flag, Some(was), None, Some(at))),
            // What says it may lie outside of what was given.
            (None, Some((is, at))) if files.knows(&at.path) => {
                inputs.push(input(&flag, None, Some(is), None));
            }
            _ => {}
        }
    }
    (!inputs.is_empty()).then(|| ProgramChange { inputs, ..alone(there, Done::Changed) })
}

fn input(name: &str, was: Option<&str>, is: Option<&str>, at: Option<&Place>) -> InputChange {
    let by_name = PRIVATE_NAMES.iter().any(|word| name.ends_with(word));
    let is_private = |text: &str| by_name || !leaks::find(text.as_bytes(), &|_| false).found.is_empty();
    let shown =
        |value: Option<&str>| value.map(|text| if is_private(text) { PRIVATE } else { text }.to_owned());
    let (was, is) = (shown(was), shown(is));
    InputChange {
        line: Line::value(name, was.as_deref(), is.as_deref(), &Placeholders::default()),
        at: at.map(ToString::to_string),
    }
}
