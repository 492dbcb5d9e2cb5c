//! VIPs: addresses that move between hosts.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::cluster::split;
use super::{Model, Resolver, Vip};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::read::plan::{Text, Vip as Written};
use crate::source::Span;
use crate::values::{Family, Selector};

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
        let addresses = self.vip_addresses(name, written, model, taken);
        let port = written.port.as_ref().and_then(|port| {
            let valid = u16::try_from(port.value).ok().filter(|p| *p > 0);
            if valid.is_none() {
                self.push(Diagnostic::new(Code::BadValue, "a port is 1 to 65535").at(port.span, ""));
            }
            valid
        });
        let host = written.host.as_ref().and_then(|text| self.parsed(text, Code::BadDnsName));
        let served_by = self.served_by(written);
        let nodes = written.nodes.as_ref().map(|texts| self.select_written(texts, model)).unwrap_or_default();
        let to = written.to.as_ref().or_else(|| self.profile.and_then(|profile| profile.endpoint.as_ref()));
        let to = to.and_then(|text| split(&text.value)).unwrap_or_else(|| ("".into(), "".into()));
        let router_id = written.router_id.as_ref().map_or(51, |id| id.value);
        let Some(router_id) = u8::try_from(router_id).ok().filter(|id| (1..=254).contains(id)) else {
            let span = written.router_id.as_ref().map_or(name.span, |id| id.span);
            return self.push(Diagnostic::new(Code::BadValue, "a VRRP router id is 1 to 254").at(span, ""));
        };
        if *served_by != *Vip::EXTERNAL && written.whole {
            self.carried(name, written, &nodes, model);
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
        let carried: Vec<&Vip> = model.vips.iter().filter(|vip| vip.is_carried()).collect();
        for (i, later) in carried.iter().enumerate() {
            for earlier in &carried[..i] {
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

    /// A VIP that the plan's own nodes carry needs them, and an interface on each.
    fn carried(&mut self, name: &Text, written: &Written, nodes: &[usize], model: &Model) {
        if written.nodes.is_none() {
            let message = format!("VIP `{}` needs the key `nodes`: which nodes carry it", name.value);
            let help = "write `nodes = \"role:...\"`, or `served-by = \"external\"` if something else does";
            return self.push(
                Diagnostic::new(Code::MissingKey, message).at(written.span, "in this table").help(help),
            );
        }
        let without = nodes.iter().map(|node| &model.nodes[*node]).find(|node| node.interface.is_none());
        if let (None, Some(node)) = (&written.interface, without) {
            let message =
                format!("on which interface of node `{}` VIP `{}` stands is not said", node.name, name.value);
            let help = "write `interface = \"eth0\"` here, or in the node's table where it has another";
            self.push(
                Diagnostic::new(Code::MissingKey, message).at(written.span, "in this table").help(help),
            );
        }
    }

    fn served_by(&mut self, written: &Written) -> Arc<str> {
        let of_profile = self.profile.and_then(|profile| profile.served_by.as_ref());
        let Some(text) = written.served_by.as_ref().or(of_profile) else { return Vip::EXTERNAL.into() };
        let places = self.catalog.components.values().flat_map(|definition| &definition.place);
        let mut known: Vec<&str> = places
            .filter_map(
                |selector| if let Selector::Vip(served_by) = selector { Some(&**served_by) } else { None },
            )
            .collect();
        known.push(Vip::EXTERNAL);
        if !known.contains(&text.value.as_str()) {
            self.unknown(Code::BadValue, "way to serve a VIP called", text, known);
        }
        text.value.as_str().into()
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
