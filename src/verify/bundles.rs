//! Compares the client authorities in servers' bundles with those that the plan puts there.

use std::collections::BTreeSet;

use super::fault::{Fault, Finding, Subject};
use super::planned::Planned;
use crate::judge::shown;
use crate::wiring::{Listen, Program, ProgramIndex, Wiring};

/// Bundles for clients that hold an authority of the plan that belongs elsewhere: its clients are let in, too. An older
/// certificate of one that belongs there is none.
pub(super) fn review(planned: &Planned<'_, '_>, wiring: &Wiring, part: usize) -> Vec<Finding> {
    let blueprint = planned.blueprint;
    let authorities = blueprint.certificates.iter().filter(|one| one.holder.is_authority());
    let all: BTreeSet<&str> = authorities.filter_map(|one| one.specification.subject.common_name()).collect();
    let mut found = Vec::new();
    for (index, program) in wiring.programs.enumerate().filter(|(index, _)| wiring.part(*index) == part) {
        for listen in &program.listens {
            let Some(own) = wanted(planned, wiring, program, listen) else { continue };
            let is_elsewhere = |name: &str| all.contains(name) && !own.contains(name);
            found.extend(elsewhere(listen, is_elsewhere).map(|name| finding(index, listen, name)));
        }
    }
    found
}

/// The names of the authorities that belong into a listen's bundle; none where the plan does not say it.
fn wanted<'p>(
    planned: &'p Planned<'_, '_>,
    wiring: &Wiring,
    program: &Program,
    listen: &Listen,
) -> Option<BTreeSet<&'p str>> {
    let (component, instance) = planned.instance(&wiring.hosts[program.host?].name, &program.component)?;
    let blueprint = planned.blueprint;
    let known = blueprint.definition(component).listens.iter().find(|known| known.name == listen.name)?;
    let (held, _) = blueprint.held(component, instance, known.clients?);
    let names = held.into_iter().map(|at| blueprint.certificates[at].specification.subject.common_name());
    names.collect()
}

fn elsewhere(listen: &Listen, is_elsewhere: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    let pool = listen.clients.as_ref().and_then(|held| held.get());
    let names = pool.into_iter().flat_map(|pool| pool.iter());
    let names = names.filter_map(|der| shown(der).ok()).map(|shown| shown.common_name);
    names.filter(move |name| is_elsewhere(name))
}

fn finding(program: ProgramIndex, listen: &Listen, name: String) -> Finding {
    let held = listen.clients.as_ref();
    Finding {
        fault: Fault::OtherAuthority(name),
        subject: Subject {
            program,
            slot: held.map(|held| held.slot.clone()),
            file: held.map(|held| held.at.clone()),
        },
        other: None,
        dial: None,
    }
}
