//! Members of what votes that come or go.

use std::collections::BTreeSet;

use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::resolve::{Component, Model};

/// Of what votes on both sides: who joins, and who leaves.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let mut found = Vec::new();
    for component in new.components.iter().filter(|component| component.definition.quorum) {
        let name = &component.definition.name;
        let Some(was) = old.component(name).filter(|was| !was.instances.is_empty()) else { continue };
        let (before, after) = (members(old, was), members(new, component));
        let (known, stays) = (ids(&before), ids(&after));
        let joining: Vec<&str> =
            after.iter().filter(|(id, _)| !known.contains(id)).map(|(_, name)| *name).collect();
        let leaving: Vec<&str> =
            before.iter().filter(|(id, _)| !stays.contains(id)).map(|(_, name)| *name).collect();
        if !joining.is_empty() {
            let message =
                format!("{name} gets members, {}: it votes with {} of them", listed(joining), stays.len());
            let help = "let one join after the other: tell the running members of each before it starts, and wait \
                        until it has caught up";
            found.push(RiskKind::Members.of(message, help));
        }
        if !leaving.is_empty() {
            let message = format!(
                "{name} loses members, {}: {} stay",
                listed(leaving),
                known.intersection(&stays).count()
            );
            let help = "take each out of the running cluster before it stops: one that only stops still counts for \
                        the majority";
            found.push(RiskKind::Members.of(message, help));
        }
    }
    found
}

fn ids<'a>(members: &BTreeSet<(&'a str, &'a str)>) -> BTreeSet<&'a str> {
    members.iter().map(|(id, _)| *id).collect()
}

/// Ids and names of the nodes that carry a component.
fn members<'a>(model: &'a Model, component: &Component) -> BTreeSet<(&'a str, &'a str)> {
    let nodes = component.instances.iter().map(|instance| &model.nodes[instance.node]);
    nodes.map(|node| (&*node.id, node.name.as_str())).collect()
}
