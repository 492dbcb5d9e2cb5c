//! Compares the address families of pods, services and VIPs with those of nodes.

use super::inventory::Nodes;
use super::model::{Cluster, Node, NodeIndex, Sourced, Vip};
use super::placed::Placed;
use crate::catalog::Run;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::values::{Cidr, Family};

/// Warns where networks have two families, and nodes that run pods have addresses of one.
pub(super) fn check(
    cluster: &Cluster,
    components: &[Placed],
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) {
    let first = |cidrs: &[Sourced<Cidr>]| cidrs.first().map(|cidr| cidr.value.family());
    let primary = first(&cluster.service_cidrs).or(first(&cluster.pod_cidrs));
    // The first families are a rule of their own.
    if primary != first(&cluster.pod_cidrs).or(primary) {
        return;
    }
    for family in [Family::V4, Family::V6].into_iter().filter(|family| Some(*family) != primary) {
        let networks = cluster.service_cidrs.iter().chain(&cluster.pod_cidrs);
        let Some(network) = networks.into_iter().find(|cidr| cidr.value.family() == family) else { continue };
        let without = |node: &NodeIndex| {
            let addresses = &nodes.list[*node].addresses;
            !addresses.is_empty() && !addresses.iter().any(|address| Family::of(address) == family)
        };
        let lack: Vec<NodeIndex> = with_pods(components).into_iter().filter(without).collect();
        let (Some(first), Some(origin)) = (lack.first().map(|node| &nodes.list[*node]), network.origin)
        else {
            continue;
        };
        let and_more = match lack.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let has = if lack.len() == 1 { "has" } else { "have" };
        let message = format!(
            "{} is an {family} network, but node `{}`{and_more} {has} no {family} address",
            network.value, first.name
        );
        let help = format!(
            "give every node that runs pods an {family} address, or remove the {family} networks: \
             its pods get no reachable {family} address"
        );
        let diagnostic = Diagnostic::new(Code::NodeFamilies, message).at(origin, "this network");
        diagnostics.push(diagnostic.at(first.origin, "this node").help(help));
    }
}

/// Warns where a VIP has addresses of a family alone that no node has.
pub(super) fn of_vips(vips: &List<Vip>, nodes: &Nodes<'_>, diagnostics: &mut Diagnostics) {
    let known = |node: &Node| !node.addresses.is_empty();
    if !nodes.is_whole() || nodes.list.is_empty() || !nodes.list.iter().all(known) {
        return;
    }
    let has = |family| nodes.list.iter().flat_map(|node| &*node.addresses).any(|a| Family::of(a) == family);
    for vip in vips.iter().filter(|vip| !vip.way.is_local()) {
        let Some(first) = vip.addresses.first() else { continue };
        if vip.addresses.iter().any(|address| has(Family::of(address))) {
            continue;
        }
        let family = Family::of(first);
        let message =
            format!("VIP `{}` is at {first}, but no node has an {family} address to reach it", vip.name);
        let help = format!("give the VIP an address of the nodes' family, or every node an {family} address");
        diagnostics.push(Diagnostic::new(Code::NodeFamilies, message).at(vip.origin, "").help(help));
    }
}

/// The nodes that carry what runs pods, in the order of the plan.
fn with_pods(components: &[Placed]) -> Vec<NodeIndex> {
    let runners = components.iter().filter(|one| one.component.definition.runner == Some(Run::StaticPod));
    let mut nodes: Vec<NodeIndex> =
        runners.flat_map(|one| &one.component.instances).map(|instance| instance.node).collect();
    nodes.sort();
    nodes.dedup();
    nodes
}
