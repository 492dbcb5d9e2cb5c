//! Checks service and pod networks: sizes, families, overlaps.

use std::collections::BTreeSet;

use super::model::{Cluster, Node, Sourced, Vip};
use super::parse::parsed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::plan::Text;
use crate::source::Span;
use crate::values::{Cidr, Family};

/// Kubernetes' limit for service networks (pkg/controlplane/apiserver/options/validation.go).
const HOST_BITS: u8 = 20;
/// Networks of services or of pods; each is compared with each.
const MOST: usize = 16;

pub(super) fn cidrs(texts: Option<&Vec<Text>>, diagnostics: &mut Diagnostics) -> Vec<Sourced<Cidr>> {
    let texts = texts.map(Vec::as_slice).unwrap_or_default();
    if let Some(beyond) = texts.get(MOST) {
        let message =
            format!("a cluster has at most {MOST} networks of a kind, but this plan has {}", texts.len());
        diagnostics.push(Diagnostic::new(Code::TooMany, message).at(beyond.span, "one too many"));
    }
    let texts = texts.iter().take(MOST);
    texts.filter_map(|text| cidr(text, diagnostics)).collect()
}

fn cidr(text: &Text, diagnostics: &mut Diagnostics) -> Option<Sourced<Cidr>> {
    let cidr: Cidr = parsed(text, Code::BadCidr, diagnostics)?;
    if let Some((reserved, what)) = cidr.reserved() {
        let message = format!("services and pods cannot have addresses in {cidr}: {reserved} is {what}");
        let help = "use a private network without hosts, such as `10.96.0.0/16` or `fd00:96::/112`";
        diagnostics.push(Diagnostic::new(Code::BadCidr, message).at(text.span, "").help(help));
        return None;
    }
    Some(Sourced::at(cidr, text.span))
}

/// The networks of a cluster against one another and against what has an address.
pub(super) fn check(cluster: &Cluster, nodes: &List<Node>, vips: &List<Vip>, diagnostics: &mut Diagnostics) {
    service_families(cluster, nodes, diagnostics);
    // Networks that are wrong themselves: who lies within them says nothing.
    let mut wrong = BTreeSet::new();
    for (i, cidr) in cluster.service_cidrs.iter().enumerate() {
        if cidr.value.host_bits() > HOST_BITS {
            wrong.insert(i);
            let bits = cidr.value.family().bits() - HOST_BITS;
            let message = format!("the service network {} is too large", cidr.value);
            let diagnostic = Diagnostic::new(Code::ServiceCidrSize, message);
            let help = format!("use a prefix of /{bits} or longer");
            diagnostics.push(placed(diagnostic, cidr.origin, "").help(help));
        }
    }
    let all: Vec<_> = cluster.service_cidrs.iter().chain(&cluster.pod_cidrs).collect();
    for (i, later) in all.iter().enumerate() {
        for (k, earlier) in all[..i].iter().enumerate() {
            if let (Some(a), Some(b), true) =
                (later.origin, earlier.origin, later.value.overlaps(&earlier.value))
            {
                wrong.extend([i, k]);
                let message = format!("the networks {} and {} overlap", earlier.value, later.value);
                let diagnostic =
                    Diagnostic::new(Code::CidrOverlap, message).at(a, "this one").at(b, "and this one");
                diagnostics.push(diagnostic.help("use networks that do not overlap"));
            }
        }
    }
    let sound = all.iter().enumerate().filter(|(i, _)| !wrong.contains(i));
    diagnostics.extend(sound.filter_map(|(_, cidr)| hosts_within(cidr, nodes, vips)));
}

fn placed(diagnostic: Diagnostic, span: Option<Span>, text: &str) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span, text),
        None => diagnostic,
    }
}

fn service_families(cluster: &Cluster, nodes: &List<Node>, diagnostics: &mut Diagnostics) {
    let services = &cluster.service_cidrs;
    if let [first, second, ..] = &services[..]
        && (services.len() > 2 || first.value.family() == second.value.family())
    {
        let message = "there can be at most two service networks, of different families";
        let diagnostic = Diagnostic::new(Code::ServiceCidrFamilies, message);
        let help = "write at most one network of each family, the primary family first";
        diagnostics.push(placed(diagnostic, services.last().and_then(|c| c.origin), "").help(help));
        return;
    }
    let Some(primary) = services.first() else { return };
    if let Some(pods) = cluster.pod_cidrs.first()
        && pods.value.family() != primary.value.family()
    {
        let message = format!(
            "the first service network is {}, but the first pod network is {}",
            primary.value.family(),
            pods.value.family()
        );
        let diagnostic = Diagnostic::new(Code::ServiceCidrFamilies, message);
        let diagnostic = placed(placed(diagnostic, pods.origin, "this one"), primary.origin, "and this one");
        diagnostics.push(diagnostic.help("put the same family first in both"));
        return;
    }
    let other = nodes.iter().find(|node| {
        node.addresses.first().is_some_and(|address| Family::of(address) != primary.value.family())
    });
    if let (Some(node), Some(origin)) = (other, primary.origin) {
        let message =
            format!("the first address of node `{}` is not in the primary family of the services", node.name);
        let diagnostic = Diagnostic::new(Code::ServiceCidrFamilies, message);
        let help = "put the node's address of the primary family first";
        diagnostics.push(diagnostic.at(node.origin, "this node").at(origin, "the primary family").help(help));
    }
}

/// One message for each network, for one mistake may put thousands of nodes into it.
fn hosts_within(cidr: &Sourced<Cidr>, nodes: &List<Node>, vips: &List<Vip>) -> Option<Diagnostic> {
    let inside = |address: &std::net::IpAddr| cidr.value.contains(address);
    let nodes = nodes.iter().filter(|node| node.addresses.iter().any(inside));
    let vips = vips.iter().filter(|vip| vip.addresses.iter().any(inside));
    let mut places = nodes.map(|node| (format!("node `{}`", node.name), node.origin));
    let first = places.next();
    let more = places.count();
    let vip = vips.map(|vip| (format!("VIP `{}`", vip.name), vip.origin)).next();
    let (what, span) = first.or(vip)?;
    let message = match more {
        0 => format!("{what} is within the network {}", cidr.value),
        _ => format!("{what} and {more} more are within the network {}", cidr.value),
    };
    let diagnostic = Diagnostic::new(Code::CidrHoldsNode, message).at(span, "this one");
    let diagnostic = placed(diagnostic, cidr.origin, "this network");
    Some(diagnostic.help("use a network without hosts"))
}
