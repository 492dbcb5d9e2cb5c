//! Resolves `[node.NAME]`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::inventory::Nodes;
use super::model::Node;
use super::parse::{identity, number, optional, parsed, reached};
use super::roles::KnownRoles;
use super::secrets::Secrets;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{NodeTable as Table, PoolTable, Text};
use crate::source::{Span, Spanned};
use crate::values::{DnsName, NodeName};

/// Whose an address is and where it is written.
pub(super) type Taken = BTreeMap<IpAddr, (String, Span)>;

/// Adds the nodes that have a table of their own; gives their addresses.
pub(super) fn add<'a>(
    nodes: &mut Nodes<'a>,
    written: Written<'a>,
    roles: &KnownRoles<'_>,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Taken {
    let mut taken = Taken::new();
    let place = Place { pool: None, secrets };
    for (name, table) in &written.document.nodes {
        let of_node = roles.of_node(table.roles.as_ref(), &table.unread, diagnostics);
        let addresses = addresses(name, table.addresses.as_ref(), &mut taken, diagnostics);
        match node(name, table, addresses, of_node.known, &place, diagnostics) {
            Some(node) => _ = nodes.add(node, of_node.in_doubt, &table.unread, diagnostics),
            None => nodes.miss(&name.value),
        }
    }
    taken
}

/// What a node has that its own table does not say.
pub(super) struct Place<'p> {
    /// The pool whose file lists it.
    pub(super) pool: Option<(&'p str, &'p PoolTable)>,
    pub(super) secrets: &'p Secrets<'p>,
}

/// A node from its table, or from its row in a file.
pub(super) fn node(
    name: &Text,
    table: &Table,
    addresses: Arc<[IpAddr]>,
    roles: Arc<[Arc<str>]>,
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let message = "a VRRP priority is 1 to 254";
    let priority = table.priority.as_ref().and_then(|p| number(p, 1..=254, message, diagnostics));
    let (pool, of_pool) = place.pool.unzip();
    let interface = table.interface.as_ref().or(of_pool.and_then(|pool| pool.interface.as_ref()));
    let interface = optional(interface, Code::BadValue, diagnostics);
    let secret = table.secret.as_ref().or(of_pool.and_then(|pool| pool.secret.as_ref()));
    let node_name: NodeName = parsed(name, Code::BadNodeName, diagnostics)?;
    Some(Node {
        id: identity::<NodeName>(table.was.as_ref(), node_name.as_str(), Code::BadNodeName, diagnostics)
            .into(),
        secret: place.secrets.of(secret),
        names: names(table, diagnostics),
        name: node_name,
        addresses,
        roles,
        interface: interface?,
        priority,
        away: table.away.as_ref().map(|text| Spanned::new(text.value.as_str().into(), text.span)),
        pool: pool.map(Into::into),
        listed: pool.is_some(),
        origin: name.span,
    })
}

fn names(table: &Table, diagnostics: &mut Diagnostics) -> Arc<[Spanned<DnsName>]> {
    let parsed = |text: &Text| {
        let name = parsed::<DnsName>(text, Code::BadDnsName, diagnostics)?;
        Some(Spanned::new(name, text.span))
    };
    table.names.iter().flatten().filter_map(parsed).collect()
}

/// The addresses of a node, which are noted as taken.
pub(super) fn addresses(
    name: &Text,
    written: Option<&Vec<Text>>,
    taken: &mut Taken,
    diagnostics: &mut Diagnostics,
) -> Arc<[IpAddr]> {
    let mut addresses = Vec::new();
    for text in written.into_iter().flatten() {
        let Some(address) = reached(text, diagnostics) else { continue };
        if let Some((other, span)) = taken.get(&address) {
            let message = if *other == name.value {
                format!("node `{other}` has {address} twice")
            } else {
                format!("nodes `{other}` and `{}` both have {address}", name.value)
            };
            let diagnostic = Diagnostic::new(Code::DuplicateAddress, message).at(text.span, "again here");
            let help = if *other == name.value {
                "write it once"
            } else {
                "give each node its own address; with names in a range, `first-address` counts up"
            };
            diagnostics.push(diagnostic.at(*span, "first here").help(help));
            continue;
        }
        taken.insert(address, (name.value.clone(), text.span));
        addresses.push(address);
    }
    if written.is_some_and(Vec::is_empty) {
        let message = format!("node `{}` has no address", name.value);
        let diagnostic = Diagnostic::new(Code::BadAddress, message).at(name.span, "");
        diagnostics.push(diagnostic.help("give it at least one"));
    }
    addresses.into()
}

/// A node that others would look for on themselves. Where all are on loopback, they are on one host.
pub(super) fn on_loopback(nodes: &Nodes<'_>, diagnostics: &mut Diagnostics) {
    let is_looped = |node: &&Node| node.addresses.first().is_some_and(IpAddr::is_loopback);
    let Some(other) = nodes.list.iter().find(|node| !node.addresses.is_empty() && !is_looped(node)) else {
        return;
    };
    if let Some(node) = nodes.list.iter().find(is_looped) {
        let message = format!(
            "others cannot reach node `{}` at {}: every host has this address",
            node.name, node.addresses[0]
        );
        let diagnostic = Diagnostic::new(Code::BadAddress, message).at(node.origin, "this node");
        let diagnostic = diagnostic.at(other.origin, "would have to reach it");
        diagnostics.push(diagnostic.help("write an address that is routed to the host"));
    }
}

/// A profile without a single node.
pub(super) fn none_at_all(written: Written<'_>, nodes: &Nodes<'_>, diagnostics: &mut Diagnostics) {
    let document = written.document;
    let named = document.cluster.as_ref().and_then(|cluster| cluster.profile.as_ref());
    let (Some(profile), Some(_)) = (named, written.profile.known()) else { return };
    if nodes.is_whole() && document.nodes.is_empty() && document.pools.is_empty() {
        let message = format!("the components of profile `{}` have no node to run on", profile.value);
        let help = "add `[node.NAME]` or `[pool.NAME]`, or leave `profile` out";
        diagnostics.push(Diagnostic::new(Code::NoNodes, message).at(profile.span, "").help(help));
    }
}
