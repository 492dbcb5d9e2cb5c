//! The connections on the page, by groups of hosts.

use std::collections::BTreeMap;

use serde::Serialize;

use super::hosts::Hosts;
use crate::expand::{Blueprint, TargetKind};

/// A VIP.
#[derive(Serialize)]
pub(super) struct Vip {
    name: String,
    /// Where it is reached.
    at: Vec<String>,
    by: String,
    /// `COMPONENT.LISTEN` behind it.
    to: String,
    /// The groups of the hosts that carry it.
    on: Vec<usize>,
}

/// A component that somebody else runs.
#[derive(Serialize)]
pub(super) struct External {
    name: String,
    urls: Vec<String>,
}

/// An end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    Group(usize),
    Vip(usize),
    External(usize),
}

/// Connections of one kind between two places.
#[derive(Serialize)]
pub(super) struct Edge {
    from: Place,
    to: Place,
    client: String,
    dial: String,
    server: String,
    port: u16,
    /// How many pairs of hosts.
    pairs: usize,
}

/// VIPs, what others run, and all connections.
pub(super) fn topology(blueprint: &Blueprint<'_>, hosts: &Hosts) -> (Vec<Vip>, Vec<External>, Vec<Edge>) {
    let model = blueprint.model;
    let vips = model.vips.iter().map(|vip| {
        let host = vip.host.iter().map(ToString::to_string);
        let at = vip.addresses.iter().map(ToString::to_string).chain(host);
        let mut on: Vec<usize> = vip.nodes.iter().map(|node| hosts.group_of[node.position()]).collect();
        on.sort_unstable();
        on.dedup();
        Vip {
            name: vip.name.to_string(),
            at: at
                .map(|at| {
                    if at.contains(':') {
                        format!("[{at}]:{}", vip.port)
                    } else {
                        format!("{at}:{}", vip.port)
                    }
                })
                .collect(),
            by: vip.served_by.to_string(),
            to: format!("{}.{}", vip.to.0, vip.to.1),
            on,
        }
    });
    let externals = model.externals.iter().map(|external| External {
        name: external.component.to_string(),
        urls: external.urls.iter().map(ToString::to_string).collect(),
    });
    (vips.collect(), externals.collect(), edges(blueprint, hosts))
}

fn edges(blueprint: &Blueprint<'_>, hosts: &Hosts) -> Vec<Edge> {
    let model = blueprint.model;
    let vips: BTreeMap<&str, usize> = (0..).zip(&model.vips).map(|(at, vip)| (&*vip.name, at)).collect();
    let externals: BTreeMap<&str, usize> =
        (0..).zip(&model.externals).map(|(at, external)| (&*external.component, at)).collect();
    let nodes: BTreeMap<&str, usize> =
        model.nodes.enumerate().map(|(index, node)| (node.name.as_str(), index.position())).collect();
    let mut found: BTreeMap<(Place, Place, String, String, String, u16), usize> = BTreeMap::new();
    for (example, alike) in &hosts.examples {
        let from = Place::Group(hosts.group_of[example.position()]);
        for &(component, instance) in &blueprint.hosts[*example] {
            let definition = &model.components[component].definition;
            for (position, dial) in definition.dials.iter().enumerate() {
                for target in blueprint.targets(component, instance, position) {
                    let name: &str = &target.name;
                    let to = match target.kind {
                        TargetKind::Node => nodes.get(name).map(|node| Place::Group(hosts.group_of[*node])),
                        TargetKind::Vip => vips.get(name).map(|vip| Place::Vip(*vip)),
                        TargetKind::External => {
                            externals.get(name).map(|external| Place::External(*external))
                        }
                    };
                    let Some(to) = to else { continue };
                    let client = definition.name.to_string();
                    let server = format!("{}.{}", dial.component, dial.listen);
                    let key = (from, to, client, dial.name.to_string(), server, target.port);
                    *found.entry(key).or_default() += alike;
                }
            }
        }
    }
    let edge = |((from, to, client, dial, server, port), pairs)| Edge {
        from,
        to,
        client,
        dial,
        server,
        port,
        pairs,
    };
    found.into_iter().map(edge).collect()
}
