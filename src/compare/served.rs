//! The VIPs of a node, as far as a component reads them, with the tables that define them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use crate::catalog::{Definition, Serves};
use crate::read::{TableKind, TableName};
use crate::resolve::{Model, NodeIndex};
use crate::values::Interface;

/// The VIPs of a node, their nodes and what stands behind them, as far as a component reads them.
#[derive(Default)]
pub(super) struct Served<'a> {
    pub(super) vips: BTreeSet<(TableName, VipWords<'a>)>,
    pub(super) nodes: BTreeSet<(TableName, &'a [IpAddr], Option<u8>)>,
}

/// Addresses; the port, with component and listen behind it; router and interface.
type VipWords<'a> =
    (Option<&'a [IpAddr]>, Option<(u16, &'a (Arc<str>, Arc<str>))>, Option<(u8, Option<&'a str>)>);

impl<'a> Served<'a> {
    pub(super) fn of(model: &'a Model, definition: &Definition, own: NodeIndex) -> Self {
        let mut served = Self::default();
        for vip in model.vips.iter().filter(|vip| vip.nodes.binary_search(&own).is_ok()) {
            // A component reads of a VIP what it does for it.
            let does = |what| definition.serves.contains(&what);
            let (addresses, vrrp) = (does(Serves::Address) || does(Serves::Vrrp), does(Serves::Vrrp));
            let words = (
                addresses.then_some(&*vip.addresses),
                does(Serves::Port).then_some((vip.port, &vip.to)),
                vrrp.then_some((vip.router_id, vip.interface.as_ref().map(Interface::as_str))),
            );
            served.vips.insert((TableKind::Vip.named(vip.name.clone()), words));
            let behind = model.component(&vip.to.0).into_iter().flat_map(|component| &component.instances);
            for at in vip.nodes.iter().copied().chain(behind.map(|instance| instance.node)) {
                let node = &model.nodes[at];
                let table = TableKind::Node.named(node.name.shared());
                served.nodes.insert((table, &*node.addresses, node.priority));
            }
        }
        served
    }
}
