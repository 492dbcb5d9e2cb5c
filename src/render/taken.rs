//! The `ports` of expressions: the ports that are taken on hosts.

use std::collections::{BTreeMap, BTreeSet};

use crate::expand::Blueprint;
use crate::expression::{Record, Value, list};
use crate::resolve::NodeIndex;

/// The ports that VIPs and components take on hosts that run pods, each once, with who takes it and whether that is a VIP.
pub(super) fn ports(blueprint: &Blueprint<'_>) -> Value {
    let model = blueprint.model;
    let runs_pods: BTreeSet<NodeIndex> = model
        .components
        .iter()
        .filter(|component| component.definition.runner.is_some())
        .flat_map(|component| component.instances.iter().map(|instance| instance.node))
        .collect();
    let mut taken: BTreeMap<u16, (String, bool)> = BTreeMap::new();
    for vip in model.vips.iter().filter(|vip| vip.way.takes_port()) {
        if vip.nodes.iter().any(|node| runs_pods.contains(node)) {
            taken.entry(vip.port).or_insert_with(|| (format!("VIP `{}`", vip.name), true));
        }
    }
    for (component, places) in model.components.iter().zip(&blueprint.places) {
        let definition = &component.definition;
        for (_, place) in
            component.instances.iter().zip(places).filter(|(on, _)| runs_pods.contains(&on.node))
        {
            for (listen, at) in definition.listens.iter().zip(&place.listens) {
                taken
                    .entry(at.port)
                    .or_insert_with(|| (format!("`{}` ({})", definition.name, listen.name), false));
            }
        }
    }
    let port = |(port, (who, is_vip))| {
        Record::new().with("port", i64::from(port)).with("who", who).with("vip", Value::from(is_vip)).build()
    };
    list(taken.into_iter().map(port))
}
