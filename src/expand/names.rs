//! Finds the names that certificates need because clients connect by them.

use std::net::IpAddr;

use super::artefacts::Reason;
use super::dials;
use crate::catalog::{DialBy, Reach};
use crate::index::List;
use crate::resolve::{Component, Endpoint, Model, NodeIndex};
use crate::values::AlternativeName;

/// Names that the instances of one listen need, by how they are dialled.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// By their own addresses, as first dialled.
    by_address: Option<Reason>,
    /// By their node's name.
    by_name: Option<Reason>,
    /// On the loopback address, by programs on these nodes; sorted.
    by_loopback: Option<(Reason, Vec<NodeIndex>)>,
    /// By names that all of them share.
    shared: Vec<(AlternativeName, Reason)>,
}

/// For each component, for each listen: the names that dials and VIPs need.
pub(super) fn wanted(model: &Model) -> List<Component, Vec<Wanted>> {
    let mut wanted = model
        .components
        .map(|component| component.definition.listens.iter().map(|_| Wanted::default()).collect::<Vec<_>>());
    for component in model.components.iter().filter(|component| !component.instances.is_empty()) {
        for dial in &component.definition.dials {
            let Some((c, l)) = dials::goal(model, dial) else { continue };
            let reason = Reason::Dialled {
                component: component.definition.name.clone(),
                dial: dial.name.clone(),
                span: dial.span,
            };
            let wanted = &mut wanted[c][l];
            if dial.reach == Reach::Endpoint {
                wanted.endpoint(model, &reason);
                continue;
            }
            match dial.by {
                DialBy::Address => _ = wanted.by_address.get_or_insert(reason),
                DialBy::Name => _ = wanted.by_name.get_or_insert(reason),
                DialBy::Loopback => {
                    let nodes = component.instances.iter().map(|instance| instance.node);
                    let (_, all) = wanted.by_loopback.get_or_insert_with(|| (reason, Vec::new()));
                    all.extend(nodes);
                    all.sort_unstable();
                }
            }
        }
    }
    vips(model, &mut wanted);
    wanted
}

/// A VIP's addresses and its name become names of every instance behind it.
fn vips(model: &Model, wanted: &mut List<Component, Vec<Wanted>>) {
    for vip in &model.vips {
        let Some(c) = model.components.position(|component| component.definition.name == vip.to.0) else {
            continue;
        };
        let listens = &model.components[c].definition.listens;
        let Some(l) = listens.iter().position(|listen| listen.name == vip.to.1) else { continue };
        let reason = Reason::Vip { vip: vip.name.clone(), span: vip.origin };
        let host = vip.host.iter().cloned().map(AlternativeName::Dns);
        let names = vip.addresses.iter().copied().map(AlternativeName::Ip).chain(host);
        wanted[c][l].shared.extend(names.map(|name| (name, reason.clone())));
    }
}

impl Wanted {
    fn endpoint(&mut self, model: &Model, reason: &Reason) {
        let cluster = model.cluster.as_ref();
        let node = match cluster.and_then(|cluster| cluster.endpoint.as_ref()).map(|endpoint| endpoint.value)
        {
            Some(Endpoint::Node(_)) | None => true,
            // Users, and programs beside it, dial an instance itself.
            Some(Endpoint::Vip(vip)) => model.vips[vip].way.is_local(),
        };
        if node && cluster.is_some_and(|cluster| cluster.endpoint_by_name) {
            self.by_name.get_or_insert(reason.clone());
        } else if node {
            self.by_address.get_or_insert(reason.clone());
        }
    }

    /// The names that the instance on `node` needs, dialled at `addresses`.
    pub(super) fn names(
        &self,
        model: &Model,
        node: NodeIndex,
        addresses: &[IpAddr],
    ) -> Vec<(AlternativeName, Reason)> {
        let mut names = Vec::new();
        if let (Some(reason), Some(address)) = (&self.by_address, addresses.first()) {
            names.push((AlternativeName::Ip(*address), reason.clone()));
        }
        if let Some(reason) = &self.by_name
            && let Ok(name) = model.nodes[node].name.as_str().parse()
        {
            names.push((AlternativeName::Dns(name), reason.clone()));
        }
        if let Some((reason, nodes)) = &self.by_loopback
            && nodes.binary_search(&node).is_ok()
        {
            names.push((AlternativeName::Ip(dials::loopback(addresses.first().copied())), reason.clone()));
        }
        names.extend(self.shared.iter().cloned());
        names
    }
}
