//! The waves of a rollout: the order in which hosts take the changes.

use std::collections::BTreeSet;

use super::comparison::{Action, ServiceChange, Step, Trust, Wave, WaveKind};
use super::done::Done;
use super::services;
use super::state::State;
use super::unit::Unit;
use super::versions::go_back;
use crate::catalog::Definition;
use crate::expand::Blueprint;
use crate::resolve::NodeIndex;

/// The waves in their order. What may not be newer than something else goes forward after it, and back before it.
fn order(before: Option<&State<'_>>, after: &State<'_>) -> Vec<WaveKind> {
    let back = |quorum| before.is_some_and(|before| go_back(before, after, quorum));
    let mut order = vec![WaveKind::ControlPlanes, WaveKind::Followers];
    if back(false) {
        order.reverse();
    }
    order.insert(if back(true) { order.len() } else { 0 }, WaveKind::Members);
    order.insert(0, WaveKind::TrustAdded);
    order.extend([WaveKind::Others, WaveKind::Leaving, WaveKind::TrustDropped]);
    order
}

/// All waves that have something to do.
pub(super) fn waves(before: Option<&State<'_>>, after: &State<'_>, units: &[Unit]) -> Vec<Wave> {
    let mut waves: Vec<Wave> =
        order(before, after).into_iter().map(|kind| Wave { kind, steps: Vec::new() }).collect();
    for unit in units {
        let (Some(node), Some(host)) = (unit.node, unit.name.host()) else { continue };
        let state = match (unit.change, before) {
            (Done::Removed, Some(before)) => before,
            _ => after,
        };
        let host = Host { unit, blueprint: state.blueprint, node, name: host };
        waves.iter_mut().for_each(|wave| host.join(wave));
    }
    waves.retain(|wave| !wave.steps.is_empty());
    waves
}

/// One host that has something to do.
struct Host<'a> {
    unit: &'a Unit,
    blueprint: &'a Blueprint<'a>,
    node: NodeIndex,
    name: &'a str,
}

impl Host<'_> {
    /// Takes its part in a wave.
    fn join(&self, wave: &mut Wave) {
        let own = self.unit.services.iter().filter(|service| self.wave_of(service) == wave.kind);
        let services = own.map(|service| ServiceChange { because_of: Vec::new(), ..service.clone() });
        let mut services: Vec<ServiceChange> = services.collect();
        // What comes in the place of another one finds its ports, addresses and data free.
        services.sort_by_key(|service| service.action != Action::Stop);
        if services.is_empty() && !self.takes_files_alone(wave.kind) {
            return;
        }
        let disturbs = |service: &ServiceChange| service.action != Action::Reload;
        let careful = self.votes() || self.role() == WaveKind::ControlPlanes;
        let one_by_one = careful && services.iter().any(disturbs);
        let same = |step: &&mut Step| step.services == services && step.one_by_one == one_by_one;
        match wave.steps.iter_mut().find(same) {
            Some(step) => step.hosts.push(self.name.to_owned()),
            None => wave.steps.push(Step { hosts: vec![self.name.to_owned()], one_by_one, services }),
        }
    }

    /// Whether a wave brings it files for which nothing is started anew.
    fn takes_files_alone(&self, kind: WaveKind) -> bool {
        let trust = |wanted: Trust| self.unit.files.iter().any(|file| file.change.trust == Some(wanted));
        let has_others =
            self.unit.files.is_empty() || self.unit.files.iter().any(|file| file.change.trust.is_none());
        match kind {
            WaveKind::TrustAdded => trust(Trust::Added),
            WaveKind::TrustDropped => trust(Trust::Dropped),
            _ => {
                let own = if self.votes() && self.role() == WaveKind::Others {
                    WaveKind::Members
                } else {
                    self.role()
                };
                let waits = self.unit.services.iter().any(|service| !is_trust(self.wave_of(service)));
                own == kind && has_others && !waits
            }
        }
    }

    fn wave_of(&self, service: &ServiceChange) -> WaveKind {
        if self.unit.change == Done::Removed {
            return WaveKind::Leaving;
        }
        let trust = matches!(service.action, Action::Reload | Action::Restart)
            .then(|| self.only_for_trust(service))
            .flatten();
        let definition = services::component(self.blueprint, self.node, &service.service);
        match (trust, definition) {
            (Some(Trust::Added), _) => WaveKind::TrustAdded,
            (Some(Trust::Dropped), _) => WaveKind::TrustDropped,
            (None, Some(definition)) if definition.quorum => WaveKind::Members,
            (None, Some(definition)) if service.action == Action::Exchange && self.follows(definition) => {
                WaveKind::Followers
            }
            (None, _) => self.role(),
        }
    }

    /// Whether a service takes files alone that gain trust, or that lose it.
    fn only_for_trust(&self, service: &ServiceChange) -> Option<Trust> {
        let takes = self
            .unit
            .files
            .iter()
            .filter(|file| file.change.services.iter().any(|taken| taken.service == service.service));
        let kinds: BTreeSet<Option<Trust>> = takes.map(|file| file.change.trust).collect();
        match kinds.into_iter().collect::<Vec<_>>()[..] {
            [Some(trust)] => Some(trust),
            _ => None,
        }
    }

    fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.blueprint.hosts[self.node].iter().map(|&(component, _)| &**self.blueprint.definition(component))
    }

    /// Whether something on the host votes.
    fn votes(&self) -> bool {
        self.definitions().any(|definition| definition.quorum)
    }

    fn door(&self) -> Option<&str> {
        let cluster = self.blueprint.model.cluster.as_ref()?;
        cluster.endpoint_to.as_ref().map(|(name, _)| &**name)
    }

    /// Whether a program may not be newer than any of those behind the endpoint.
    fn follows(&self, definition: &Definition) -> bool {
        let versions = self.blueprint.model.component(&definition.name).and_then(|component| {
            let own = component.instances.iter().find(|instance| instance.node == self.node)?;
            Some(own.config.version.value.clone())
        });
        let Some(version) = versions else { return false };
        definition.skews.iter().any(|skew| {
            Some(&*skew.of) == self.door() && !skew.same_host && skew.newer.at(&version) == Some(&0)
        })
    }

    /// The wave of a host by what stands on it.
    fn role(&self) -> WaveKind {
        if self.unit.change == Done::Removed {
            return WaveKind::Leaving;
        }
        let behind = self.definitions().any(|definition| Some(&*definition.name) == self.door());
        let vips = &self.blueprint.model.vips;
        let carries = vips.iter().any(|vip| vip.way.is_carried() && vip.nodes.contains(&self.node));
        if behind || carries { WaveKind::ControlPlanes } else { WaveKind::Others }
    }
}

fn is_trust(kind: WaveKind) -> bool {
    matches!(kind, WaveKind::TrustAdded | WaveKind::TrustDropped)
}
