//! VIPs: addresses that move between hosts.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::cluster::split;
use super::{Model, Resolver, Vip};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{Text, Vip as Written};
use crate::source::Span;
use crate::values::{Family, Selector};

/// Served by something outside the plan.
const EXTERNAL: &str = "external";

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

    fn served_by(&mut self, written: &Written) -> Arc<str> {
        let of_profile = self.profile.and_then(|profile| profile.served_by.as_ref());
        let Some(text) = written.served_by.as_ref().or(of_profile) else { return EXTERNAL.into() };
        let places = self.catalog.components.values().flat_map(|definition| &definition.place);
        let mut known: Vec<&str> = places
            .filter_map(
                |selector| if let Selector::Vip(served_by) = selector { Some(&**served_by) } else { None },
            )
            .collect();
        known.push(EXTERNAL);
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
