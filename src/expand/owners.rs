//! Maps names and addresses to the nodes and VIPs that own them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::read::{TableKind, TableName};
use crate::resolve::{Model, Node};

/// Whose names and addresses are whose, found when first asked for: a difference may stand on every host.
#[derive(Debug, Default)]
pub(super) struct Owners {
    pub(super) addresses: BTreeMap<IpAddr, TableName>,
    pub(super) names: BTreeMap<Arc<str>, TableName>,
}

impl Owners {
    pub(super) fn new(model: &Model) -> Self {
        let mut owners = Self::default();
        for node in &model.nodes {
            let own = node.addresses.iter().map(|address| (*address, table(node)));
            owners.addresses.extend(own);
            owners.names.insert(node.name.shared(), table(node));
        }
        for vip in &model.vips {
            let table = TableKind::Vip.named(vip.name.clone());
            for address in &vip.addresses {
                owners.addresses.entry(*address).or_insert_with(|| table.clone());
            }
            if let Some(host) = &vip.host {
                owners.names.entry(host.shared()).or_insert(table);
            }
        }
        owners
    }
}

/// The table of a node.
pub(super) fn table(node: &Node) -> TableName {
    TableKind::Node.named(node.name.shared())
}
