//! Service and pod networks: sizes, families, overlaps.

use super::{Cluster, Model, Resolver, Sourced};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::Text;
use crate::source::Span;
use crate::values::{Cidr, Family};

/// Kubernetes' limit for service networks (pkg/controlplane/apiserver/options/validation.go).
const HOST_BITS: u8 = 20;

impl Resolver<'_> {
    pub(super) fn cidrs(&mut self, texts: Option<&Vec<Text>>) -> Vec<Sourced<Cidr>> {
        let texts = texts.into_iter().flatten();
        texts.filter_map(|text| Some(Sourced::at(self.parsed(text, Code::BadCidr)?, text.span))).collect()
    }

    pub(super) fn networks(&mut self, model: &Model) {
        let Some(cluster) = &model.cluster else { return };
        self.service_families(cluster, model);
        for cidr in &cluster.service_cidrs {
            if cidr.value.host_bits() > HOST_BITS {
                let bits = cidr.value.family().bits() - HOST_BITS;
                let message = format!("the service network {} is too large", cidr.value);
                let help = format!("use a prefix of /{bits} or longer");
                self.push_at(Code::ServiceCidrSize, message, cidr.origin, help);
            }
        }
        self.overlaps(cluster);
        // Where something is wrong already, it may be this very network.
        if !self.diagnostics.has_errors() {
            self.nodes_within(cluster, model);
        }
    }

    fn push_at(&mut self, code: Code, message: String, span: Option<Span>, help: String) {
        let diagnostic = Diagnostic::new(code, message).help(help);
        self.push(match span {
            Some(span) => diagnostic.at(span, ""),
            None => diagnostic,
        });
    }

    fn service_families(&mut self, cluster: &Cluster, model: &Model) {
        let services = &cluster.service_cidrs;
        let help = "write at most one network of each family, the primary family first".to_owned();
        if let [first, second, ..] = &services[..]
            && (services.len() > 2 || first.value.family() == second.value.family())
        {
            let message = "service networks are at most two, of different families".to_owned();
            return self.push_at(
                Code::ServiceCidrFamilies,
                message,
                services.last().and_then(|c| c.origin),
                help,
            );
        }
        let Some(primary) = services.first() else { return };
        if let Some(pods) = cluster.pod_cidrs.first()
            && pods.value.family() != primary.value.family()
        {
            let message = format!(
                "the first service network is {}, the first pod network {}",
                primary.value.family(),
                pods.value.family()
            );
            let diagnostic = Diagnostic::new(Code::ServiceCidrFamilies, message);
            let spans = [(pods.origin, "this one"), (primary.origin, "and this one")];
            let labelled = spans.into_iter().filter_map(|(span, text)| Some((span?, text)));
            let diagnostic = labelled.fold(diagnostic, |d, (span, text)| d.at(span, text));
            self.push(diagnostic.help("put the same family first in both"));
            return;
        }
        let other = model.nodes.iter().find(|node| {
            node.addresses.first().is_some_and(|address| Family::of(address) != primary.value.family())
        });
        if let (Some(node), Some(origin)) = (other, primary.origin) {
            let message =
                format!("node `{}` has its first address of another family than the services", node.name);
            let diagnostic = Diagnostic::new(Code::ServiceCidrFamilies, message);
            let help = "put the node's address of the services' first family first";
            self.push(diagnostic.at(node.origin, "this node").at(origin, "the primary family").help(help));
        }
    }

    fn overlaps(&mut self, cluster: &Cluster) {
        let all: Vec<_> = cluster.service_cidrs.iter().chain(&cluster.pod_cidrs).collect();
        for (i, later) in all.iter().enumerate() {
            for earlier in &all[..i] {
                if let (Some(a), Some(b), true) =
                    (later.origin, earlier.origin, later.value.overlaps(&earlier.value))
                {
                    let message = format!("the networks {} and {} overlap", earlier.value, later.value);
                    let diagnostic =
                        Diagnostic::new(Code::CidrOverlap, message).at(a, "this one").at(b, "and this one");
                    self.push(diagnostic.help("take networks that have no address in common"));
                }
            }
        }
    }

    /// One message for each network, for one mistake may put thousands of nodes into it.
    fn nodes_within(&mut self, cluster: &Cluster, model: &Model) {
        for cidr in cluster.service_cidrs.iter().chain(&cluster.pod_cidrs) {
            let inside = |address: &std::net::IpAddr| cidr.value.contains(address);
            let nodes = model.nodes.iter().filter(|node| node.addresses.iter().any(inside));
            let vips = model.vips.iter().filter(|vip| vip.addresses.iter().any(inside));
            let mut places = nodes.map(|node| (format!("node `{}`", node.name), node.origin));
            let first = places.next();
            let more = places.count();
            let vip = vips.map(|vip| (format!("VIP `{}`", vip.name), vip.origin)).next();
            let Some((what, span)) = first.or(vip) else { continue };
            let message = match more {
                0 => format!("{what} lies within the network {}", cidr.value),
                _ => format!("{what} and {more} more lie within the network {}", cidr.value),
            };
            let diagnostic = Diagnostic::new(Code::CidrHoldsNode, message).at(span, "this one");
            let diagnostic = match cidr.origin {
                Some(origin) => diagnostic.at(origin, "this network"),
                None => diagnostic,
            };
            self.push(diagnostic.help("take a network that no host is in"));
        }
    }
}
