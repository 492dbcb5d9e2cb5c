//! Describes what breaks when certificates and tokens expire.

use crate::expand::{Blueprint, Reliance};
use crate::expiry::{Expiry, State, Stops, Trusts, Undeclared, stops};
use crate::printable;
use crate::resolve::NodeIndex;
use crate::values::counted;

/// How many hosts a row names, and how many users.
const HOSTS: usize = 2;
const USERS: usize = 3;

/// What stops when all of these have ended, which are alike, a line for each.
pub(in crate::report) fn breaks(blueprint: &Blueprint<'_>, entries: &[Expiry<'_>]) -> Vec<String> {
    if entries.first().is_some_and(|entry| entry.state == State::Rotated) {
        return vec!["unavailable: the cluster rotates it, and the host has a newer one".to_owned()];
    }
    let lines = stops(blueprint, entries).map(|stops| lines(blueprint, &stops)).unwrap_or_default();
    lines.iter().map(|line| printable::line(line).into_owned()).collect()
}

fn lines(blueprint: &Blueprint<'_>, stops: &Stops<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if stops.below > 0 {
        lines.push(format!("all below it: {}", counted(stops.below, "certificate")));
    }
    lines.extend(stops.trusts.iter().map(|trusts| trust(blueprint, trusts)));
    lines.extend(stops.dials.iter().map(|reliance| dialled(blueprint, reliance)));
    lines.extend(stops.joins.iter().map(|joins| {
        format!("{} of {}, if it has not joined yet", joins.component, hosts(blueprint, &joins.on))
    }));
    if !stops.checks.is_empty() {
        let on: Vec<NodeIndex> = stops.checks.iter().copied().collect();
        lines.push(format!("every client that {} checks against it", hosts(blueprint, &on)));
    }
    if !stops.people.is_empty() {
        let names: Vec<&str> = stops.people.iter().copied().collect();
        let names = if names.len() > USERS { counted(names.len(), "user") } else { names.join(", ") };
        lines.push(format!("kubeconfig of {names}"));
    }
    lines.extend(stops.undeclared.iter().map(|Undeclared { component, on }| {
        format!("{component} of {}, with peers outside the plan", hosts(blueprint, on))
    }));
    if lines.is_empty() {
        lines.push("no connection of the plan".to_owned());
    }
    lines
}

fn hosts(blueprint: &Blueprint<'_>, nodes: &[NodeIndex]) -> String {
    if nodes.len() > HOSTS {
        return counted(nodes.len(), "host");
    }
    nodes.iter().map(|node| blueprint.model.nodes[*node].name.as_str()).collect::<Vec<_>>().join(", ")
}

fn trust(blueprint: &Blueprint<'_>, trusts: &Trusts<'_>) -> String {
    format!(
        "everything that {} certifies, at {} of {}",
        trusts.authority,
        trusts.component,
        hosts(blueprint, &trusts.on)
    )
}

fn dialled(blueprint: &Blueprint<'_>, reliance: &Reliance<'_>) -> String {
    let Reliance { component, dial, from, to } = reliance;
    let to = if to.is_empty() { "somebody else".to_owned() } else { hosts(blueprint, to) };
    format!("{component} ({}) of {} to {} of {to}", dial.name, hosts(blueprint, from), dial.component)
}
