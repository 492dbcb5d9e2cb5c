//! Changes of `[file.NAME]` files that decide who is trusted and who may do what.

use std::collections::{BTreeMap, BTreeSet};

use super::super::done::Done;
use super::super::unit::{File, Unit};
use super::risk::{Risk, RiskKind};
use super::settings::short;
use super::sides::Sides;
use crate::catalog::Guard;
use crate::render::MadeFrom;
use crate::resolve::NodeIndex;
use crate::values::UnitId;

/// Files that hold something else, and that a flag names which decides such things; hosts that change alike on one line.
pub(super) fn changes(sides: &Sides<'_>, units: &[Unit]) -> Vec<Risk> {
    let mut found: BTreeMap<(String, String), BTreeSet<UnitId>> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.change == Done::Changed) {
        let Some(node) = unit.node else { continue };
        for said in unit.files.iter().flat_map(|file| of_file(sides, node, file)) {
            found.entry(said).or_default().insert(unit.name.clone());
        }
    }
    let reported = found.into_iter().map(|((message, because), units)| {
        let units: Vec<String> = units.iter().map(short).collect();
        RiskKind::Sensitive.of(format!("{message}, on {}", units.join(", ")), &format!("it {because}"))
    });
    reported.collect()
}

fn of_file(sides: &Sides<'_>, node: NodeIndex, file: &File) -> Vec<(String, String)> {
    let (was, Some(MadeFrom::Own(now))) = file.made_from else { return Vec::new() };
    let (blueprint, before) = (sides.after.blueprint, sides.before.blueprint.model);
    let own = &blueprint.model.files[now];
    let mut found = Vec::new();
    for &(component, instance) in &blueprint.hosts[node] {
        let of = &blueprint.model.components[component];
        for change in of.instances[instance].config.flags_naming(&own.path.value) {
            // What comes with a flag is reported at the flag.
            let is_new = || !before.component(&of.definition.name).is_some_and(|old| old.has_flag(change));
            if !matches!(was, Some(MadeFrom::Own(_))) && is_new() {
                continue;
            }
            let flag = &*change.name.value;
            let guards = of.definition.sensitive.iter();
            let guard = guards.into_iter().find(|one| one.guard == Guard::Any && one.has_flag(flag));
            found.extend(guard.map(|guard| {
                let source = own.beside().map_or(&*own.name, |beside| &beside.source.value);
                let message = format!("{}: what --{flag} names, `{source}`", of.definition.name);
                (message, guard.because.to_string())
            }));
        }
    }
    found
}
