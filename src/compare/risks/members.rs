//! Members of quorums that join or leave, and data stores that move to other hosts.

use std::collections::BTreeSet;

use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::resolve::{Component, Model};

/// Of what votes on both sides: who joins, and who leaves.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let mut found = moved(sides);
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
                "no member of {name} stays: the new ones ({}) have none of the stored data, \
                 and their clients find an empty store",
                listed(joining.iter().copied())
            );
            let help = "let the new members join one after the other, and remove the old ones when all have caught up";
            found.push(RiskKind::Emptied.of(message, help));
        }
        if !joining.is_empty() {
            let message = format!(
                "{name} gets new members, {}: it then has {} voting members",
                listed(joining),
                stays.len()
            );
            let mut help = "let them join one after the other: add each one to the running members before \
                            it starts, and wait until it has caught up"
                .to_owned();
            if let Some(setting) = founding(sides, component, &known) {
                help.push_str(&format!(
                    "; write `setting.{setting} = 1` for the first one, or it starts a new cluster of its own"
                ));
            }
            found.push(RiskKind::Members.of(message, &help));
        }
        // Who has a store elsewhere leaves the old one as it is.
        if !leaving.is_empty() && !after.is_empty() {
            let message = format!(
                "{name} loses members, {}: {} stay",
                listed(leaving),
                known.intersection(&stays).count()
            );
            let help = "remove each one from the running cluster before you stop it: a stopped member \
                        still counts for the majority";
            found.push(RiskKind::Members.of(message, help));
        }
    }
    found
}

/// Where the members of what votes are: on hosts of the plan, or on those of others.
enum Place {
    Here(BTreeSet<String>),
    There(BTreeSet<String>),
}

/// What votes and is on other hosts than before, where its members change between this plan and others.
fn moved(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let all = sides.after.blueprint.catalog.components.values().filter(|definition| definition.quorum);
    let mut found = Vec::new();
    for definition in all {
        let name = &*definition.name;
        let (Some(was), Some(is)) = (place(old, name), place(new, name)) else { continue };
        let (had, has, what) = match (&was, &is) {
            (Place::Here(_), Place::Here(_)) => continue,
            (Place::Here(had), Place::There(has)) => (had, has, "no longer on hosts of the plan"),
            (Place::There(had), Place::Here(has)) => {
                (had, has, "now on hosts of the plan, no longer elsewhere")
            }
            (Place::There(had), Place::There(has)) => (had, has, "elsewhere now"),
        };
        if had.is_empty() || has.is_empty() || !had.is_disjoint(has) {
            continue;
        }
        let message = format!(
            "{name} is {what} ({}): the stored data stays at {}, and clients find only what the new servers have",
            listed(has.iter().map(String::as_str)),
            listed(had.iter().map(String::as_str))
        );
        let help = "stop all clients, save the data and restore it there; or let the new servers join the \
                    running members, and remove the old ones when all have caught up. If you change \
                    one host after the other, some clients write to one store and some to the other";
        found.push(RiskKind::Emptied.of(message, help));
    }
    found
}

/// None where there is none of it.
fn place(model: &Model, name: &str) -> Option<Place> {
    let component = model.component(name).filter(|component| !component.instances.is_empty());
    let Some(component) = component else {
        let urls = &model.external(name)?.urls;
        return Some(Place::There(urls.iter().map(|url| url.host.clone()).collect()));
    };
    let nodes = component.instances.iter().map(|instance| &model.nodes[instance.node]);
    let addresses = nodes.flat_map(|node| node.addresses.iter().map(ToString::to_string));
    Some(Place::Here(addresses.collect()))
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
