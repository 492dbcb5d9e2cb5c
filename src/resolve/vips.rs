//! VIPs: addresses that move between hosts.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::cluster::split;
use super::{Model, Resolver, Vip};
use crate::catalog::Way;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::read::plan::{Text, Vip as Written};
use crate::source::Span;
use crate::values::Family;

impl Resolver<'_> {
    pub(super) fn vips(&mut self, model: &mut Model) {
        let document = self.document;
        let mut taken: BTreeMap<IpAddr, (String, Span)> = BTreeMap::new();
        for (name, written) in &document.vips {
            self.vip(name, written, model, &mut taken);
        }
    }

    fn vip(
        &mut self,
        name: &Text,
        written: &Written,
        model: &mut Model,
        taken: &mut BTreeMap<IpAddr, (String, Span)>,
    ) {
        let vip_name = self.parsed::<crate::values::Name>(name, Code::BadName);
        let (served_by, way) = self.served_by(written);
        let addresses = match way.is_local() {
            true => self.loopback_addresses(name, written),
            false => self.vip_addresses(name, written, model, taken),
        };
        let port = written.port.as_ref().and_then(|port| {
            let valid = u16::try_from(port.value).ok().filter(|p| *p > 0);
            if valid.is_none() {
                self.push(Diagnostic::new(Code::BadValue, "a port is 1 to 65535").at(port.span, ""));
            }
            valid
        });
        let host = written.host.as_ref().and_then(|text| self.parsed(text, Code::BadDnsName));
        let nodes = written.nodes.as_ref().map(|texts| self.select_written(texts, model)).unwrap_or_default();
        let to = written.to.as_ref().or_else(|| self.profile.and_then(|profile| profile.endpoint.as_ref()));
        let to = to.and_then(|text| split(&text.value)).unwrap_or_else(|| ("".into(), "".into()));
        let router_id = written.router_id.as_ref().map_or(51, |id| id.value);
        let Some(router_id) = u8::try_from(router_id).ok().filter(|id| (1..=254).contains(id)) else {
            let span = written.router_id.as_ref().map_or(name.span, |id| id.span);
            return self.push(Diagnostic::new(Code::BadValue, "a VRRP router id is 1 to 254").at(span, ""));
        };
        if written.whole {
            self.complete(name, written, &way, &nodes, model);
        }
        let last = router_id.checked_add(u8::try_from(addresses.len().saturating_sub(1)).unwrap_or(u8::MAX));
        if last.is_none_or(|last| last == u8::MAX) {
            let span = written.router_id.as_ref().map_or(name.span, |id| id.span);
            let message = "the second address takes the next VRRP router id, which would be beyond 254";
            return self.push(Diagnostic::new(Code::BadValue, message).at(span, ""));
        }
        let (Some(vip_name), Some(port)) = (vip_name, port) else { return };
        model.vips.push(Vip {
            name: vip_name.shared(),
            addresses,
            host,
            port,
            served_by,
            way,
            nodes,
            to,
            interface: written.interface.as_ref().map(|text| text.value.as_str().into()),
            router_id,
            origin: name.span,
        });
    }

    /// What stands behind a VIP must be there, and VRRP routers of one host must differ.
    pub(super) fn behind_vips(&mut self, model: &Model) {
        for vip in &model.vips {
            let (name, listen) = &vip.to;
            let component = model.component(name).map(|component| &component.definition);
            if let Some(definition) = component {
                if !definition.listens.iter().any(|known| known.name == *listen) {
                    let message =
                        format!("VIP `{}` leads to `{name}.{listen}`, where nothing listens", vip.name);
                    let help = did_you_mean(listen, definition.listens.iter().map(|known| &*known.name));
                    self.push(Diagnostic::new(Code::BadValue, message).at(vip.origin, "").maybe_help(help));
                }
            } else if model.cluster.is_some() && self.profile.is_some() {
                let message = format!(
                    "VIP `{}` leads to `{name}.{listen}`, which no component of the plan has",
                    vip.name
                );
                let known: Vec<&str> = model.components.iter().map(|c| &*c.definition.name).collect();
                let help = did_you_mean(name, known);
                self.push(
                    Diagnostic::new(Code::UnknownComponent, message).at(vip.origin, "").maybe_help(help),
                );
            }
        }
        let routed: Vec<&Vip> = model.vips.iter().filter(|vip| vip.way.by_vrrp()).collect();
        for (i, later) in routed.iter().enumerate() {
            for earlier in &routed[..i] {
                let together = later.nodes.iter().any(|node| earlier.nodes.contains(node));
                if together && later.routers().any(|id| earlier.routers().any(|other| other == id)) {
                    let message =
                        format!("VIPs `{}` and `{}` use the same VRRP router id", earlier.name, later.name);
                    let help = "give each a `router-id` of its own; a second address takes the next one, too";
                    let diagnostic = Diagnostic::new(Code::BadValue, message).at(later.origin, "this one");
                    self.push(diagnostic.at(earlier.origin, "and this one").help(help));
                }
            }
        }
    }

    /// What a VIP needs, by the way in which it is served: addresses where they are not those of loopback,
    /// nodes where the plan's own carry it, and on each an interface where the addresses move.
    fn complete(&mut self, name: &Text, written: &Written, way: &Way, nodes: &[usize], model: &Model) {
        let missing = |message: String, help: &str| {
            Diagnostic::new(Code::MissingKey, message).at(written.span, "in this table").help(help)
        };
        if written.addresses.is_none() && !way.is_local() {
            let message = format!("VIP `{}` needs the key `addresses`: where it is dialled", name.value);
            self.push(missing(message, "write `addresses = [\"...\"]`, at most one of each family"));
        }
        if way.is_carried() && written.nodes.is_none() {
            let message = format!("VIP `{}` needs the key `nodes`: which nodes carry it", name.value);
            let help = "write `nodes = \"role:...\"`, or `served-by = \"external\"` if something else does";
            return self.push(missing(message, help));
        }
        let without = nodes.iter().map(|node| &model.nodes[*node]).find(|node| node.interface.is_none());
        if let (true, None, Some(node)) = (way.moves(), &written.interface, without) {
            let message =
                format!("on which interface of node `{}` VIP `{}` stands is not said", node.name, name.value);
            let help = "write `interface = \"eth0\"` here, or in the node's table where it has another";
            self.push(missing(message, help));
        }
    }

    fn served_by(&mut self, written: &Written) -> (Arc<str>, Way) {
        let of_profile = self.profile.and_then(|profile| profile.served_by.as_ref());
        let Some(text) = written.served_by.as_ref().or(of_profile) else {
            return (Way::EXTERNAL.into(), Way::External);
        };
        let way = self.catalog.way(&text.value);
        if way.is_none() {
            let known: Vec<&str> = self.catalog.ways().collect();
            self.unknown(Code::BadValue, "way to serve a VIP called", text, known);
        }
        (text.value.as_str().into(), way.unwrap_or(Way::External))
    }

    /// Where each node has a VIP for itself, it needs no address of its own.
    fn loopback_addresses(&mut self, name: &Text, written: &Written) -> Vec<IpAddr> {
        let Some(texts) = &written.addresses else { return vec![Ipv4Addr::LOCALHOST.into()] };
        let mut addresses = Vec::new();
        for text in texts {
            let Some(address) = self.address(text) else { continue };
            if address.is_loopback() {
                addresses.push(address);
                continue;
            }
            let message = format!(
                "each node has VIP `{}` for itself, and {address} is not a loopback address",
                name.value
            );
            let help = "leave `addresses` out: the nodes then have it at 127.0.0.1";
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        }
        addresses
    }

    fn vip_addresses(
        &mut self,
        name: &Text,
        written: &Written,
        model: &Model,
        taken: &mut BTreeMap<IpAddr, (String, Span)>,
    ) -> Vec<IpAddr> {
        let mut addresses: Vec<IpAddr> = Vec::new();
        for text in written.addresses.iter().flatten() {
            let Some(address) = self.address(text) else { continue };
            let node =
                model.nodes.iter().find(|node| node.pool.is_none() && node.addresses.contains(&address));
            if let Some(node) = node {
                let message = format!("VIP `{}` has the address of node `{}`", name.value, node.name);
                let help = "a VIP needs an address of its own, which no host is configured with";
                let diagnostic = Diagnostic::new(Code::VipIsNodeAddress, message);
                self.push(
                    diagnostic.at(text.span, "moves between hosts").at(node.origin, "stays here").help(help),
                );
            }
            if let Some((other, span)) = taken.get(&address) {
                let message = format!("VIPs `{other}` and `{}` both have {address}", name.value);
                self.push(
                    Diagnostic::new(Code::DuplicateAddress, message)
                        .at(text.span, "again here")
                        .at(*span, "first here"),
                );
            }
            if let Some(same) = addresses.iter().find(|a| Family::of(a) == Family::of(&address)) {
                let message = format!(
                    "VIP `{}` has two {} addresses, {same} and {address}",
                    name.value,
                    Family::of(same)
                );
                let help = "one VIP has at most one address of each family; make a second VIP";
                self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
                continue;
            }
            taken.insert(address, (name.value.clone(), text.span));
            addresses.push(address);
        }
        addresses
    }
}
