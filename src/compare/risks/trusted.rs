//! Authorities whose client certificates a component newly accepts.

use std::collections::{BTreeMap, BTreeSet};

use super::risk::{Risk, RiskKind};
use super::sides::Sides;
use crate::resolve::{AuthorityIndex, Component, Model, Trusted};

/// The ids of the authorities that a component's bundle holds on any of its hosts.
pub(super) fn authorities<'a>(
    model: &'a Model,
    component: &'a Component,
    bundle: usize,
) -> BTreeSet<&'a str> {
    let purposes = &component.definition.bundles[bundle].purposes;
    let declared = purposes.iter().filter_map(|purpose| model.authority_for(purpose));
    let mut found: BTreeSet<&str> = declared.map(|at| &*model.authorities[at].id).collect();
    let additions = component.instances.iter().flat_map(|instance| &instance.config.bundles);
    found.extend(additions.filter(|addition| addition.bundle == bundle).map(|addition| {
        match addition.authority {
            Trusted::Own(own) => &*model.authorities[own].id,
            Trusted::Foreign(foreign) => &*model.foreign[foreign].id,
        }
    }));
    found
}

/// Authorities that can now issue clients which a component lets in: in its bundle, or below one that is.
pub(super) fn gained(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (issuers(sides.before.blueprint.model), issuers(sides.after.blueprint.model));
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (component, ids) in &new {
        // Of a component that is new everything is.
        let Some(had) = old.get(component) else { continue };
        for id in ids.difference(had) {
            found.entry(id).or_default().push(component);
        }
    }
    let reported = found.into_iter().map(|(id, components)| {
        let message = format!("`{id}` can now issue client certificates for {}", components.join(", "));
        let help =
            "whoever has its key can issue a certificate for any user and any group, including administrators";
        RiskKind::TrustedAuthority.of(message, help)
    });
    reported.collect()
}

/// By component: the authorities that issue clients which it lets in.
fn issuers(model: &Model) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for component in model.components.iter().filter(|component| !component.instances.is_empty()) {
        let definition = &component.definition;
        let bundles = (0..definition.bundles.len()).filter(|&bundle| definition.checks_clients(bundle));
        let trusted: BTreeSet<&str> =
            bundles.flat_map(|bundle| authorities(model, component, bundle)).collect();
        let below = model.authorities.indices().filter(|&at| is_below(model, at, &trusted));
        let below: Vec<&str> = below.map(|at| &*model.authorities[at].id).collect();
        found.insert(&definition.name, trusted.into_iter().chain(below).collect());
    }
    found
}

fn is_below(model: &Model, authority: AuthorityIndex, trusted: &BTreeSet<&str>) -> bool {
    let mut at = Some(authority);
    while let Some(authority) = at {
        if trusted.contains(&*model.authorities[authority].id) {
            return true;
        }
        at = model.authorities[authority].issuer;
    }
    false
}
