//! In which order hosts take what has changed.

use std::collections::BTreeSet;

use super::State;
use super::comparison::{Action, Done, ServiceChange, Step, Trust, Wave, WaveKind};
use super::services::pod;
use super::units::Unit;
use crate::expand::Blueprint;

/// All waves that have something to do.
pub(super) fn waves(before: Option<&State<'_>>, after: &State<'_>, units: &[Unit]) -> Vec<Wave> {
    let mut waves: Vec<Wave> = [
        WaveKind::TrustAdded,
        WaveKind::Members,
        WaveKind::ControlPlanes,
        WaveKind::Others,
        WaveKind::Leaving,
        WaveKind::TrustDropped,
    ]
    .into_iter()
    .map(|kind| Wave { kind, one_by_one: kind.is_one_by_one(), steps: Vec::new() })
    .collect();
    for unit in units {
        let (Some(node), Some(host)) = (unit.node, unit.name.strip_prefix("hosts/")) else { continue };
        let state = match (unit.change, before) {
            (Done::Removed, Some(before)) => before,
            _ => after,
        };
        for wave in &mut waves {
            if let Some(services) = part(unit, state.blueprint, node, wave.kind) {
                step(wave, host, services);
            }
        }
    }
    waves.retain(|wave| !wave.steps.is_empty());
    waves
}

impl WaveKind {
    /// Whether never two hosts at once.
    fn is_one_by_one(self) -> bool {
        matches!(self, WaveKind::Members | WaveKind::ControlPlanes)
    }
}

fn step(wave: &mut Wave, host: &str, services: Vec<ServiceChange>) {
    match wave.steps.iter_mut().find(|step| step.services == services) {
        Some(step) => step.hosts.push(host.to_owned()),
        None => wave.steps.push(Step { hosts: vec![host.to_owned()], services }),
    }
}

/// What a host does in a wave; none: nothing, and no service at all: it takes files.
fn part(unit: &Unit, blueprint: &Blueprint<'_>, node: usize, kind: WaveKind) -> Option<Vec<ServiceChange>> {
    let trust = |wanted: Trust| unit.files.iter().any(|file| file.change.trust == Some(wanted));
    let chosen = unit.services.iter().filter(|service| wave_of(unit, blueprint, node, service) == kind);
    let chosen: Vec<ServiceChange> = chosen.cloned().collect();
    let files_alone = match kind {
        WaveKind::TrustAdded => trust(Trust::Added),
        WaveKind::TrustDropped => trust(Trust::Dropped),
        WaveKind::Members => false,
        WaveKind::ControlPlanes | WaveKind::Others | WaveKind::Leaving => {
            role(unit, blueprint, node) == kind
                && (unit.files.is_empty() || unit.files.iter().any(|file| file.change.trust.is_none()))
                && !unit.services.iter().any(|service| !is_trust(wave_of(unit, blueprint, node, service)))
        }
    };
    (!chosen.is_empty() || files_alone).then_some(chosen)
}

fn is_trust(kind: WaveKind) -> bool {
    matches!(kind, WaveKind::TrustAdded | WaveKind::TrustDropped)
}

fn wave_of(unit: &Unit, blueprint: &Blueprint<'_>, node: usize, service: &ServiceChange) -> WaveKind {
    if unit.change == Done::Removed {
        return WaveKind::Leaving;
    }
    if matches!(service.action, Action::Reload | Action::Restart)
        && let Some(trust) = only_for_trust(unit, service)
    {
        return match trust {
            Trust::Added => WaveKind::TrustAdded,
            Trust::Dropped => WaveKind::TrustDropped,
        };
    }
    let votes = blueprint.hosts[node].iter().any(|&(component, _)| {
        let definition = blueprint.definition(component);
        let named =
            definition.unit.as_deref() == Some(&*service.service) || pod(&definition.name) == service.service;
        definition.quorum && named
    });
    if votes { WaveKind::Members } else { role(unit, blueprint, node) }
}

/// Whether a service takes files alone that gain trust, or that lose it.
fn only_for_trust(unit: &Unit, service: &ServiceChange) -> Option<Trust> {
    let takes = unit
        .files
        .iter()
        .filter(|file| file.change.services.iter().any(|taken| taken.service == service.service));
    let kinds: BTreeSet<Option<Trust>> = takes.map(|file| file.change.trust).collect();
    match kinds.into_iter().collect::<Vec<_>>()[..] {
        [Some(trust)] => Some(trust),
        _ => None,
    }
}

/// The wave of a host by what stands on it.
fn role(unit: &Unit, blueprint: &Blueprint<'_>, node: usize) -> WaveKind {
    let model = blueprint.model;
    if unit.change == Done::Removed {
        return WaveKind::Leaving;
    }
    let door = model.cluster.as_ref().and_then(|cluster| cluster.endpoint_to.as_ref()).map(|(name, _)| name);
    let behind = blueprint.hosts[node].iter().any(|&(component, _)| {
        let definition = blueprint.definition(component);
        definition.quorum || Some(&definition.name) == door
    });
    let carries = model.vips.iter().any(|vip| vip.way.is_carried() && vip.nodes.contains(&node));
    if behind || carries { WaveKind::ControlPlanes } else { WaveKind::Others }
}
