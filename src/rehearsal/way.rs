//! Proves the rollout from one state to another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::{Wave, pod};
use crate::expand::Blueprint;
use crate::values::Instant;
use crate::verify::{Both, Broken, Order, Proof, Request, Rollout, Wired, documents, grants, prove};
use crate::wiring::Wiring;

/// A rollout, and what was proven of it.
pub struct Way {
    /// Both sides side by side.
    pub wiring: Wiring,
    /// What was proven of the side before.
    pub before: Proof,
    /// What was proven of the side after.
    pub after: Proof,
    /// What breaks on the way.
    pub broken: Vec<Broken>,
}

impl Way {
    /// What begins with this state, and comes from nowhere.
    #[must_use]
    pub fn alone(wiring: Wiring, proof: Proof) -> Self {
        let before = Proof { connections: Vec::new(), findings: Vec::new(), until: None };
        Self { wiring, before, after: proof, broken: Vec::new() }
    }

    /// Proves both sides, and what meets in between while `waves` pass. `blueprint` is the one after.
    #[must_use]
    pub fn prove(
        (first, last): (Wired, Wired),
        waves: &[Wave],
        blueprint: &Blueprint<'_>,
        now: Instant,
    ) -> Self {
        let (before, after) =
            (prove(&first.wiring, &first.request(now, None)), prove(&last.wiring, &last.request(now, None)));
        let order = order(waves, [&first.wiring, &last.wiring], blueprint);
        // What is applied to the API is there before anything needs it, and goes after that.
        let objects: Vec<String> = first.objects.iter().chain(&last.objects).cloned().collect();
        let grants = grants(blueprint.catalog, &documents(&objects));
        let Wired { wiring, names, doors, moving, .. } = last;
        let both = Both::new(first.wiring, wiring);
        let request = Request {
            now,
            names: &names,
            doors: &doors,
            moving: &moving,
            grants: &grants,
            authorities: None,
        };
        let rollout = Rollout { order: Some(&order), before: &before, after: &after };
        let broken = both.broken(&request, &rollout);
        Self { wiring: both.wiring, before, after, broken }
    }

    /// Whether every state on the way holds, and the last one, too.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.broken.is_empty() && self.after.findings.is_empty()
    }
}

/// When the programs of hosts change.
fn order(waves: &[Wave], sides: [&Wiring; 2], blueprint: &Blueprint<'_>) -> Order {
    let mut components: BTreeMap<&str, BTreeSet<&Arc<str>>> = BTreeMap::new();
    for wiring in sides {
        for program in wiring.programs.iter() {
            if let Some(host) = program.host {
                components.entry(&wiring.hosts[host].name).or_default().insert(&program.component);
            }
        }
    }
    let mut order = Order::new();
    for (at, wave) in waves.iter().enumerate() {
        for step in &wave.steps {
            for host in &step.hosts {
                for component in components.get(host.as_str()).into_iter().flatten() {
                    let own =
                        step.services.iter().any(|service| runs(blueprint, &service.service, component));
                    let key = (Arc::from(host.as_str()), Arc::clone(component));
                    if own {
                        order.insert(key, at);
                    } else {
                        // What nothing restarts takes its files with the first wave of its host.
                        order.entry(key).or_insert(at);
                    }
                }
            }
        }
    }
    order
}

/// Whether a service runs a component: its unit, or its pod.
fn runs(blueprint: &Blueprint<'_>, service: &str, component: &str) -> bool {
    blueprint.model.component(component).is_some_and(|component| {
        let definition = &component.definition;
        definition.unit.as_deref() == Some(service) || pod(&definition.name) == service
    })
}
