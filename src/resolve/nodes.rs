//! Nodes, their roles and addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::pools::Interval;
use super::{Model, Node, Resolver};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::Text;
use crate::source::Span;
use crate::values::Family;

impl Resolver<'_> {
    pub(super) fn nodes(&mut self, model: &mut Model) {
        let document = self.document;
        let mut taken: BTreeMap<IpAddr, (String, Span)> = BTreeMap::new();
        for (name, written) in &document.nodes {
            let roles = self.roles(written.roles.as_ref());
            let addresses = self.node_addresses(name, written.addresses.as_ref(), &mut taken);
            let priority = written.priority.as_ref().and_then(|p| {
                let priority = u8::try_from(p.value).ok().filter(|p| (1..=254).contains(p));
                if priority.is_none() {
                    self.push(Diagnostic::new(Code::BadValue, "a VRRP priority is 1 to 254").at(p.span, ""));
                }
                priority
            });
            let Some(node_name) = self.parsed::<crate::values::NodeName>(name, Code::BadNodeName) else {
                self.unusable_nodes.insert(name.value.clone());
                continue;
            };
            let node = Node {
                id: written.was.as_ref().map_or_else(|| node_name.shared(), |was| was.value.as_str().into()),
                secret: self.secret(&[written.secret.as_ref()]),
                name: node_name,
                addresses,
                roles,
                interface: written.interface.as_ref().map(|text| text.value.as_str().into()),
                priority,
                pool: None,
                origin: name.span,
            };
            self.add_node(node, model);
        }
        let intervals = self.pools(model);
        self.intervals(&intervals, &taken);
    }

    /// Adds a node unless its name or identity is taken.
    pub(super) fn add_node(&mut self, node: Node, model: &mut Model) -> bool {
        let index = model.nodes.len();
        if let Some(&earlier) = self.node_index.get(node.name.as_str()) {
            let message = format!("two nodes are called `{}`", node.name);
            let earlier = model.nodes[earlier].origin;
            self.push(
                Diagnostic::new(Code::DuplicateName, message)
                    .at(node.origin, "again here")
                    .at(earlier, "first here")
                    .help("nodes and the names of pools must all differ"),
            );
            return false;
        }
        self.node_index.insert(node.name.to_string(), index);
        for role in node.roles.iter() {
            self.by_role.entry(role.clone()).or_default().push(index);
        }
        model.nodes.push(node);
        true
    }

    pub(super) fn roles(&mut self, written: Option<&Vec<Text>>) -> Arc<[Arc<str>]> {
        let mut roles: Vec<Arc<str>> = Vec::new();
        for text in written.into_iter().flatten() {
            let known: Vec<&str> = self.roles.iter().copied().collect();
            if !known.contains(&text.value.as_str()) && !self.profile_is_unknown() {
                let known = if known.is_empty() { vec!["none; name them in `cluster.roles`"] } else { known };
                self.unknown(Code::UnknownRole, "role", text, known);
            } else if !roles.iter().any(|role| **role == text.value) {
                roles.push(text.value.as_str().into());
            }
        }
        roles.into()
    }

    /// A misspelt profile, or its misspelt key, has been reported; the roles it would have brought are no
    /// mistakes.
    pub(super) fn profile_is_unknown(&self) -> bool {
        let cluster = self.document.cluster.as_ref();
        let named = cluster.is_some_and(|cluster| cluster.profile.is_some());
        let unread = cluster.map_or(!self.document.whole, |cluster| !cluster.whole);
        (named || unread) && self.profile.is_none()
    }

    fn node_addresses(
        &mut self,
        name: &Text,
        written: Option<&Vec<Text>>,
        taken: &mut BTreeMap<IpAddr, (String, Span)>,
    ) -> Arc<[IpAddr]> {
        let mut addresses = Vec::new();
        for text in written.into_iter().flatten() {
            let Some(address) = self.address(text) else { continue };
            if let Some((other, span)) = taken.get(&address) {
                let message = if *other == name.value {
                    format!("node `{other}` has {address} twice")
                } else {
                    format!("nodes `{other}` and `{}` both have {address}", name.value)
                };
                let diagnostic = Diagnostic::new(Code::DuplicateAddress, message).at(text.span, "again here");
                let diagnostic = diagnostic.at(*span, "first here");
                self.push(diagnostic);
                continue;
            }
            taken.insert(address, (name.value.clone(), text.span));
            addresses.push(address);
        }
        if written.is_some_and(Vec::is_empty) {
            let message = format!("node `{}` has no address", name.value);
            self.push(
                Diagnostic::new(Code::BadAddress, message).at(name.span, "").help("give it at least one"),
            );
        }
        addresses.into()
    }

    /// A pool's addresses must be free: of other nodes, of other pools, of VIPs.
    fn intervals(&mut self, intervals: &[Interval], taken: &BTreeMap<IpAddr, (String, Span)>) {
        for (i, interval) in intervals.iter().enumerate() {
            let within = taken
                .range(interval.first..=interval.last)
                .find(|(a, _)| Family::of(a) == Family::of(&interval.first));
            if let Some((address, (node, span))) = within {
                let message = format!("pool `{}` runs into node `{node}` at {address}", interval.pool);
                self.overlap(message, interval, *span);
            }
            for earlier in &intervals[..i] {
                let same = Family::of(&earlier.first) == Family::of(&interval.first);
                if same && earlier.first <= interval.last && interval.first <= earlier.last {
                    let message =
                        format!("pools `{}` and `{}` have addresses in common", earlier.pool, interval.pool);
                    self.overlap(message, interval, earlier.span);
                }
            }
            for (name, vip) in &self.document.vips {
                for text in vip.addresses.iter().flatten() {
                    let address = text.value.parse::<IpAddr>();
                    if address.is_ok_and(|a| (interval.first..=interval.last).contains(&a)) {
                        let message = format!(
                            "pool `{}` runs into VIP `{}` at {}",
                            interval.pool, name.value, text.value
                        );
                        self.overlap(message, interval, text.span);
                    }
                }
            }
        }
    }

    fn overlap(&mut self, message: String, interval: &Interval, other: Span) {
        let label = format!("{} to {}", interval.first, interval.last);
        let help = "move the first address, or give the pool fewer names";
        let diagnostic = Diagnostic::new(Code::PoolOverlap, message)
            .at(interval.span, label)
            .at(other, "this one")
            .help(help);
        self.push(diagnostic);
    }
}
