//! What of the plan stands behind a word of a certificate: the answer to "why is it reissued?".

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Blueprint;
use super::artefacts::{Certificate, Holder, Reason};
use crate::resolve::{Cluster, Model, Node};
use crate::source::Span;
use crate::values::AlternativeName;

impl Blueprint<'_> {
    /// What in the plan or the catalog made a field of a certificate what it is, for a difference as
    /// [`differences`](crate::specification::differences) tells it: `node.master04`, `vip.api`,
    /// `cluster.toml:12`. What is gone has no cause beyond that.
    #[must_use]
    pub fn cause(&self, index: usize, difference: &str) -> Option<String> {
        let certificate = &self.certificates[index];
        if let Some(added) = difference.strip_prefix('+')
            && let Some((name, reason)) = self.reason(index, added)
        {
            return Some(self.because_of(&name, reason));
        }
        let span = match difference.trim_start_matches('+').split(' ').next()? {
            "issuer" | "issuer-key" | "issuer's" => return self.issuer(certificate),
            "key" => return self.key_cause(certificate),
            "generation" => match certificate.holder {
                Holder::Authority(_) => Some(certificate.origin),
                _ => None,
            },
            "subject" => match self.node_of(certificate) {
                Some(node) if names_node(certificate, node) => {
                    return Some(format!("node.{}", node.name));
                }
                _ => Some(certificate.origin),
            },
            "validity" => self.validity_origin(certificate),
            removed if removed.starts_with('-') => None,
            _ => Some(certificate.origin),
        };
        span.map(|span| self.sources.place(span))
    }

    /// Where a certificate's validity is said; none: a default of the language.
    #[must_use]
    pub fn validity_origin(&self, certificate: &Certificate) -> Option<Span> {
        let model = self.model;
        let own = match certificate.holder {
            Holder::Authority(authority) => return model.authorities[authority].own.origin,
            Holder::Foreign(_) => return None,
            Holder::Free { certificate, .. } => model.certificates[certificate].validity.as_ref(),
            Holder::Instance { .. } => None,
            Holder::User(user) => model.users[user].validity.as_ref(),
        };
        match (own, self.issuing_authority(certificate)) {
            (Some(own), _) => Some(own.span),
            (None, Some(authority)) => model.authorities[authority].issued.origin,
            (None, None) => None,
        }
    }

    /// The first reason why a name stands in a certificate; what a VIP or the plan asks for comes first.
    fn reason(&self, index: usize, name: &str) -> Option<(AlternativeName, Reason)> {
        let rank = |reason: &Reason| match reason {
            Reason::Vip { .. } => 0,
            Reason::Plan(_) => 1,
            Reason::Catalog(_) => 2,
            Reason::Dialled { .. } => 3,
        };
        let all = self.reasons(index).into_iter().filter(|(stands, _)| stands.to_string() == name);
        all.min_by_key(|(_, reason)| rank(reason))
    }

    fn because_of(&self, name: &AlternativeName, reason: Reason) -> String {
        match reason {
            Reason::Vip { vip, .. } => format!("vip.{vip}"),
            Reason::Plan(span) => match self.model.nodes.iter().find(|node| node.origin == span) {
                Some(node) => format!("node.{}", node.name),
                None => self.sources.place(span),
            },
            Reason::Catalog(span) => self.thing(name).unwrap_or_else(|| self.sources.place(span)),
            Reason::Dialled { component, dial, .. } => {
                self.thing(name).unwrap_or_else(|| format!("{component} ({dial})"))
            }
        }
    }

    fn key_cause(&self, certificate: &Certificate) -> Option<String> {
        let own = match certificate.holder {
            Holder::Authority(_) | Holder::Foreign(_) => true,
            Holder::Free { certificate, .. } => self.model.certificates[certificate].key.is_some(),
            Holder::Instance { .. } => false,
            Holder::User(user) => self.model.users[user].key.is_some(),
        };
        if own { Some(self.sources.place(certificate.origin)) } else { self.issuer(certificate) }
    }

    fn issuer(&self, certificate: &Certificate) -> Option<String> {
        let authority = self.issuing_authority(certificate)?;
        Some(format!("authority.{}", self.model.authorities[authority].name))
    }

    fn issuing_authority(&self, certificate: &Certificate) -> Option<usize> {
        match self.certificates[certificate.issuer?].holder {
            Holder::Authority(authority) => Some(authority),
            _ => None,
        }
    }

    /// The node that a certificate lies on.
    fn node_of(&self, certificate: &Certificate) -> Option<&Node> {
        let node = match certificate.holder {
            Holder::Instance { component, instance, .. } => {
                self.model.components[component].instances[instance].node
            }
            Holder::Free { node, .. } => node?,
            Holder::Authority(_) | Holder::Foreign(_) | Holder::User(_) => return None,
        };
        Some(&self.model.nodes[node])
    }
}

fn names_node(certificate: &Certificate, node: &Node) -> bool {
    certificate.specification.subject.attributes().any(|(_, value)| value.contains(node.name.as_str()))
}

/// Whose names and addresses are whose, found when first asked for: a difference is told for every host.
#[derive(Debug, Default)]
pub(super) struct Owners {
    addresses: BTreeMap<IpAddr, String>,
    names: BTreeMap<String, String>,
}

impl Owners {
    fn new(model: &Model) -> Self {
        let mut owners = Self::default();
        for node in &model.nodes {
            let table = format!("node.{}", node.name);
            let own = node.addresses.iter().map(|address| (*address, table.clone()));
            owners.addresses.extend(own);
            owners.names.insert(node.name.to_string(), table);
        }
        for vip in &model.vips {
            let table = format!("vip.{}", vip.name);
            for address in &vip.addresses {
                owners.addresses.entry(*address).or_insert_with(|| table.clone());
            }
            if let Some(host) = &vip.host {
                owners.names.entry(host.to_string()).or_insert(table);
            }
        }
        owners
    }
}

impl Blueprint<'_> {
    /// Whose a name is.
    fn thing(&self, name: &AlternativeName) -> Option<String> {
        let owners = self.owners.get_or_init(|| Owners::new(self.model));
        let cluster = self.model.cluster.as_ref();
        match name {
            AlternativeName::Ip(address) => {
                let service = || {
                    let holds = |cluster: &Cluster| {
                        cluster.service_cidrs.iter().any(|cidr| cidr.value.contains(address))
                    };
                    cluster.is_some_and(holds).then(|| "cluster.service-cidrs".to_owned())
                };
                owners.addresses.get(address).cloned().or_else(service)
            }
            AlternativeName::Dns(name) => {
                let domain = || {
                    let within = |cluster: &Cluster| name.as_str().ends_with(cluster.domain.value.as_str());
                    cluster.is_some_and(within).then(|| "cluster.domain".to_owned())
                };
                owners.names.get(name.as_str()).cloned().or_else(domain)
            }
            _ => None,
        }
    }
}
