//! Resolves `[vip.NAME]`: addresses that move between hosts, or that each host has for itself.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::inventory::Nodes;
use super::model::{Node, NodeIndex, Vip};
use super::parse::{address, number, optional, parsed, reached, unknown};
use super::roles::KnownRoles;
use super::selection::{self, Selection, Vips};
use super::written::{Written, split};
use crate::catalog::Way;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::plan::{Text, VipTable as Table};
use crate::source::{Span, Spanned};
use crate::values::{DnsName, Family, Name};

/// Whose an address is and where it is written.
type Taken = BTreeMap<IpAddr, (String, Span)>;

/// The router id of a VIP that says none.
const ROUTER_ID: u8 = 51;

pub(super) fn vips(
    written: Written<'_>,
    roles: &KnownRoles<'_>,
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) -> Vips {
    let mut taken = Taken::new();
    let mut vips = Vips { list: List::default(), whole: !written.document.unread.may_hold("vip") };
    for (name, table) in &written.document.vips {
        let selection =
            table.nodes.as_ref().map(|t| selection::written(t, written, roles, nodes, diagnostics));
        let unread = table.nodes.is_none() && table.unread.may_hold("nodes");
        vips.whole &= !unread && selection.as_ref().is_none_or(|selection| selection.whole);
        match vip(name, table, written, nodes, selection.unwrap_or_default(), &mut taken, diagnostics) {
            Some(vip) => _ = vips.list.push(vip),
            None => vips.whole = false,
        }
    }
    vips
}

fn vip(
    name: &Text,
    table: &Table,
    written: Written<'_>,
    nodes: &Nodes<'_>,
    selection: Selection,
    taken: &mut Taken,
    diagnostics: &mut Diagnostics,
) -> Option<Vip> {
    let vip_name = parsed::<Name>(name, Code::BadName, diagnostics);
    let way = served_by(table, written, diagnostics);
    let addresses = match &way {
        Some((_, way)) if way.is_local() => loopback_addresses(name, table, diagnostics),
        _ => {
            let moves = way.as_ref().is_some_and(|(_, way)| way.moves());
            own_addresses((name, table, moves), written, &nodes.list, taken, diagnostics)
        }
    };
    let message = "a port is 1 to 65535";
    let port = table.port.as_ref().and_then(|port| number(port, 1..=u16::MAX, message, diagnostics));
    let host = host(table, way.as_ref().is_some_and(|(_, way)| way.moves()), diagnostics);
    let interface = optional(table.interface.as_ref(), Code::BadValue, diagnostics);
    if let Some((_, way)) = &way {
        complete(name, table, way, &selection, nodes, diagnostics);
    }
    let router_id = router_id(name, table, addresses.len(), diagnostics);
    let to = table.to.as_ref().or_else(|| written.profile.known()?.endpoint.as_ref());
    let (served_by, way) = way?;
    Some(Vip {
        name: vip_name?.shared(),
        addresses,
        host: host?,
        port: port?,
        served_by,
        way,
        nodes: selection.nodes,
        to: to.and_then(|text| split(&text.value)).unwrap_or_else(|| ("".into(), "".into())),
        interface: interface?,
        router_id: router_id?,
        origin: name.span,
        port_origin: table.port.as_ref().map_or(name.span, |port| port.span),
    })
}

/// The name by which a VIP is dialled; the outer `None` means that it is wrong.
fn host(table: &Table, moves: bool, diagnostics: &mut Diagnostics) -> Option<Option<DnsName>> {
    let host: Option<DnsName> = optional(table.host.as_ref(), Code::BadDnsName, diagnostics)?;
    let (Some(name), Some(text)) = (&host, &table.host) else { return Some(host) };
    if moves && name.as_str() == "localhost" {
        let message = "clients that connect to `localhost` reach themselves";
        let help = "write the name that its addresses have in DNS";
        diagnostics.push(Diagnostic::new(Code::BadDnsName, message).at(text.span, "").help(help));
        return None;
    }
    if !name.is_wildcard() {
        return Some(host);
    }
    let message = format!("`{name}` is a wildcard, but clients connect to this name");
    let help = format!(
        "write one name here; to put the wildcard into certificates, write `names.add = [\"{name}\"]` \
         for the component behind the VIP"
    );
    diagnostics.push(Diagnostic::new(Code::BadDnsName, message).at(text.span, "").help(help));
    None
}

/// The number of the first VRRP router; each further address takes the next one.
fn router_id(name: &Text, table: &Table, addresses: usize, diagnostics: &mut Diagnostics) -> Option<u8> {
    let first = match &table.router_id {
        Some(id) => number(id, 1..=254, "a VRRP router id is 1 to 254", diagnostics)?,
        None => ROUTER_ID,
    };
    let more = u8::try_from(addresses.saturating_sub(1)).unwrap_or(u8::MAX);
    if first.checked_add(more).is_none_or(|last| last == u8::MAX) {
        let span = table.router_id.as_ref().map_or(name.span, |id| id.span);
        let message = "the second address uses the next VRRP router id, which would be above 254";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, ""));
        return None;
    }
    Some(first)
}

/// What a VIP needs, by the way in which it is served: addresses where they are not those of loopback,
/// nodes where the plan's own carry it, and on each an interface where the addresses move.
fn complete(
    name: &Text,
    table: &Table,
    way: &Way,
    selection: &Selection,
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut missing = |message: String, help: &str| {
        let diagnostic = Diagnostic::new(Code::MissingKey, message).at(table.span, "in this table");
        diagnostics.push(diagnostic.help(help));
    };
    // A load balancer of somebody else may have a name alone.
    let has_name = !way.is_carried() && (table.host.is_some() || table.unread.may_hold("host"));
    if table.addresses.is_none() && !way.is_local() && !has_name && !table.unread.may_hold("addresses") {
        let message = format!("VIP `{}` needs the key `addresses`: where clients connect to", name.value);
        let help = "write `addresses = [\"...\"]`, at most one of each family";
        missing(message, help);
    }
    if way.is_carried() && table.nodes.is_none() && !table.unread.may_hold("nodes") {
        let message = format!("VIP `{}` needs the key `nodes`: which nodes carry it", name.value);
        let help = "write `nodes = \"role:...\"`, or `served-by = \"external\"` if something else does";
        missing(message, help);
    }
    if let Some(first) = table.nodes.as_ref().filter(|_| way.is_carried() && !nodes.list.is_empty())
        && selection.nodes.is_empty()
        && selection.whole
    {
        let message =
            format!("no node carries VIP `{}`, so nothing would answer at its addresses", name.value);
        let place = first.first().map_or(table.span, |text| text.span);
        let help = "write `nodes = \"role:...\"` with a role that nodes have, or `served-by = \"external\"` if something \
                    else carries it";
        diagnostics.push(Diagnostic::new(Code::BadSelector, message).at(place, "").help(help));
        return;
    }
    if !way.moves() || table.interface.is_some() || table.unread.may_hold("interface") {
        return;
    }
    let without = |node: &&NodeIndex| {
        nodes.list[**node].interface.is_none() && !nodes.unread(**node).may_hold("interface")
    };
    if let Some(node) = selection.nodes.iter().find(without).map(|node| &nodes.list[*node]) {
        let message = format!("node `{}` has no `interface` for VIP `{}`", node.name, name.value);
        missing(message, "write `interface = \"eth0\"` here, or in the node's table if it has another one");
    }
}

/// The word of a way to serve VIPs and what it means; none where that could not be read.
fn served_by(table: &Table, written: Written<'_>, diagnostics: &mut Diagnostics) -> Option<(Arc<str>, Way)> {
    let of_profile = written.profile.known().and_then(|profile| profile.served_by.as_ref());
    let Some(text) = table.served_by.as_ref().or(of_profile) else {
        let unread = written.profile.is_poisoned() || table.unread.may_hold("served-by");
        return (!unread).then(|| (Way::EXTERNAL.into(), Way::External));
    };
    let way = written.catalog.way(&text.value);
    if way.is_none() {
        let known = written.catalog.ways();
        unknown(Code::BadValue, "way to serve a VIP called", text, known, diagnostics);
    }
    Some((text.value.as_str().into(), way?))
}

/// Where each node has a VIP for itself, it needs no address of its own.
fn loopback_addresses(name: &Text, table: &Table, diagnostics: &mut Diagnostics) -> Vec<IpAddr> {
    let Some(texts) = &table.addresses else { return vec![Ipv4Addr::LOCALHOST.into()] };
    let mut addresses = Vec::new();
    for text in texts {
        let Some(address) = address(text, diagnostics) else { continue };
        if address.is_loopback() {
            addresses.push(address);
            continue;
        }
        let message = format!(
            "each node has its own VIP `{}`, so its address must be a loopback address, not {address}",
            name.value
        );
        let help = "remove `addresses`: each node then uses 127.0.0.1";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
    }
    addresses
}

fn own_addresses(
    (name, table, moves): (&Text, &Table, bool),
    written: Written<'_>,
    nodes: &List<Node>,
    taken: &mut Taken,
    diagnostics: &mut Diagnostics,
) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for text in table.addresses.iter().flatten() {
        // At what others serve, each host may have something of its own.
        let parsed = if moves { reached(text, diagnostics) } else { address(text, diagnostics) };
        let Some(address) = parsed else { continue };
        if moves && address.is_loopback() {
            let message = format!("VIP `{}` cannot have {address}: every host has this address", name.value);
            let help = "write an address of the network that its nodes are in";
            diagnostics.push(Diagnostic::new(Code::BadAddress, message).at(text.span, "").help(help));
            continue;
        }
        let node = nodes.iter().find(|node| node.pool.is_none() && node.addresses.contains(&address));
        if let Some(node) = node {
            let message = format!("VIP `{}` has the address of node `{}`", name.value, node.name);
            let help = "a VIP needs its own address, which no host is configured with";
            let diagnostic = Diagnostic::new(Code::VipIsNodeAddress, message);
            let diagnostic = diagnostic.at(text.span, "moves between hosts").at(node.origin, "stays here");
            diagnostics.push(diagnostic.help(help));
        }
        if let Some((other, span)) = taken.get(&address)
            && !is_door_of(table, other, written)
        {
            let message = format!("VIPs `{other}` and `{}` both have {address}", name.value);
            let diagnostic = Diagnostic::new(Code::DuplicateAddress, message).at(text.span, "again here");
            let help = "for two ports of one VIP, write another `port`, and the same `addresses`, `nodes`, \
                        `served-by`, `interface` and `router-id` in both";
            diagnostics.push(diagnostic.at(*span, "first here").help(help));
        }
        let family = Family::of(&address);
        if let Some(same) = addresses.iter().find(|other| Family::of(other) == family) {
            let message = format!("VIP `{}` has two {family} addresses, {same} and {address}", name.value);
            let help = "one VIP has at most one address of each family; make a second VIP";
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
            continue;
        }
        taken.insert(address, (name.value.clone(), text.span));
        addresses.push(address);
    }
    addresses
}

/// Whether a table is another port of an earlier VIP: the same in everything that moves.
fn is_door_of(table: &Table, earlier: &str, written: Written<'_>) -> bool {
    let found = written.document.vips.iter().find(|(name, _)| name.value == earlier);
    let Some((_, other)) = found else { return false };
    let texts = |texts: &Option<Vec<Text>>| -> Vec<String> {
        let mut texts: Vec<String> = texts.iter().flatten().map(|text| text.value.clone()).collect();
        texts.sort_unstable();
        texts
    };
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let number = |number: &Option<Spanned<i64>>| number.as_ref().map(|number| number.value);
    let moves = |table: &Table| {
        let places = (texts(&table.addresses), texts(&table.nodes));
        (places, text(&table.served_by), text(&table.interface), number(&table.router_id))
    };
    // Where nothing passes on what comes in, there is one port alone.
    let passes =
        served_by(other, written, &mut Diagnostics::default()).is_some_and(|(_, way)| !way.is_direct());
    passes && moves(table) == moves(other) && number(&table.port) != number(&other.port)
}

/// VRRP routers of one host must differ.
pub(super) fn routers(vips: &List<Vip>, diagnostics: &mut Diagnostics) {
    let routed: Vec<&Vip> = vips.iter().filter(|vip| vip.way.by_vrrp()).collect();
    for (i, later) in routed.iter().enumerate() {
        for earlier in &routed[..i] {
            let together = later.nodes.iter().any(|node| earlier.nodes.contains(node));
            // Two ports of one VIP have its routers in common.
            let together = together && later.addresses != earlier.addresses;
            if together && later.routers().any(|id| earlier.routers().any(|other| other == id)) {
                let message =
                    format!("VIPs `{}` and `{}` use the same VRRP router id", earlier.name, later.name);
                let help = "give each its own `router-id`; a second address also uses the next one";
                let diagnostic = Diagnostic::new(Code::BadValue, message).at(later.origin, "this one");
                diagnostics.push(diagnostic.at(earlier.origin, "and this one").help(help));
            }
        }
    }
}
