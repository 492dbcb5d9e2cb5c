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
        if !after.is_empty() && known.is_disjoint(&stays) {
            let message = format!(
                "none of the members of {name} stays: the new ones ({}) know nothing of what is stored, and whoever \
                 is led to them finds it empty",
                listed(joining.iter().copied())
            );
            let help =
                "let one new member after the other join, and take the old ones away when all have caught up";
            found.push(RiskKind::Emptied.of(message, help));
        }
        if !joining.is_empty() {
            let message =
                format!("{name} gets members, {}: it votes with {} of them", listed(joining), stays.len());
            let mut help =
                "let one join after the other: tell the running members of each before it starts, and wait \
                            until it has caught up"
                    .to_owned();
            if let Some(setting) = founding(sides, component, &known) {
                help.push_str(&format!(
                    "; write `setting.{setting} = 1` for the first one, or it founds a cluster of its own"
                ));
            }
            found.push(RiskKind::Members.of(message, &help));
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

/// The setting that lets new members join, where one of them does not say that it does.
fn founding<'a>(sides: &Sides<'_>, component: &'a Component, known: &BTreeSet<&str>) -> Option<&'a str> {
    let blueprint = sides.after.blueprint;
    let position = blueprint.model.components.position(|one| std::ptr::eq(one, component))?;
    let new = component.instances.enumerate();
    let mut new = new.filter(|(_, instance)| !known.contains(&*blueprint.model.nodes[instance.node].id));
    new.find(|(i, _)| !blueprint.joins(position, *i))?;
    component.definition.joining_setting()
}

fn ids<'a>(members: &BTreeSet<(&'a str, &'a str)>) -> BTreeSet<&'a str> {
    members.iter().map(|(id, _)| *id).collect()
}

/// Ids and names of the nodes that carry a component.
fn members<'a>(model: &'a Model, component: &Component) -> BTreeSet<(&'a str, &'a str)> {
    let nodes = component.instances.iter().map(|instance| &model.nodes[instance.node]);
    nodes.map(|node| (&*node.id, node.name.as_str())).collect()
}
