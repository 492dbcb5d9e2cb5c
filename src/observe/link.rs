//! Resolves dials that lead to every host of a component, at the address under which each host registers.

use std::sync::Arc;

use crate::catalog::{Catalog, Slot, Source, Targets};
use crate::kubernetes::preferred_address;
use crate::wiring::{Dial, Goal, HostIndex, Program, ProgramIndex, Route, Target, Wiring};

/// Dials that lead to every host of the goal, at the address by which that registers itself.
pub(super) fn link(wiring: &mut Wiring, catalog: &Catalog) {
    let mut wanted: Vec<(Goal, Vec<(HostIndex, u16)>)> = Vec::new();
    let ports = |goal: &Goal, wiring: &Wiring| -> Vec<(HostIndex, u16)> {
        let programs = wiring.programs.iter().filter(|program| program.component == goal.component);
        let port = |program: &Program| {
            let listen = program.listens.iter().find(|listen| listen.name == goal.listen)?;
            Some((program.host?, listen.sockets.first()?.port))
        };
        programs.filter_map(port).collect()
    };
    let indices: Vec<_> = wiring.programs.indices().collect();
    for index in indices {
        let Some(seen) =
            catalog.components.get(&*wiring.programs[index].component).and_then(|d| d.seen.as_ref())
        else {
            continue;
        };
        let nodes: Vec<_> =
            seen.dials.iter().filter(|dial| matches!(dial.targets, Targets::Nodes(_))).collect();
        for planned in nodes {
            let Some(at) = wiring.programs[index].dials.iter().position(|dial| dial.name == planned.name)
            else {
                continue;
            };
            let goal = wiring.programs[index].dials[at].to.clone();
            if wanted.iter().all(|(known, _)| *known != goal) {
                let found = ports(&goal, wiring);
                wanted.push((goal.clone(), found));
            }
            let Targets::Nodes(slot) = &planned.targets else { continue };
            let types = types(wiring, index, slot.as_ref());
            let found = wanted.iter().find(|(known, _)| *known == goal).map(|(_, found)| found.clone());
            let targets = found.into_iter().flatten().filter_map(|(host, port)| {
                let host = &wiring.hosts[host];
                let internal = host.registers.first().map(ToString::to_string);
                let name = host.registered.as_ref().unwrap_or(&host.name);
                let reached = preferred_address(types.iter().map(|kind| &**kind), internal.as_deref(), name)?;
                Some(Target {
                    host: reached.into(),
                    port,
                    tls: true,
                    server_name: None,
                    section: None,
                    route: Route::Address,
                })
            });
            let targets: Vec<Target> = targets.collect();
            let dial: &mut Dial = &mut wiring.programs[index].dials[at];
            dial.targets = targets;
        }
    }
}

/// The values of the slot that says in which order addresses are preferred.
fn types(wiring: &Wiring, program: ProgramIndex, slot: Option<&Slot>) -> Vec<Arc<str>> {
    let program = &wiring.programs[program];
    let said = slot.into_iter().flat_map(|slot| &slot.sources).find_map(|source| {
        let Source::Flag(flag) = source else { return None };
        let (_, values, _) = program.inputs.iter().find(|(name, ..)| name == flag)?;
        let parts = values.iter().flat_map(|value| value.split(',')).map(|part| Arc::from(part.trim()));
        Some(parts.collect::<Vec<Arc<str>>>())
    });
    let usual = || slot.and_then(|slot| slot.absent.as_ref()?.at(&program.version).cloned());
    said.or_else(usual).unwrap_or_default()
}
