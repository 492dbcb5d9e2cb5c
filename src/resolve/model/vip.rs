//! VIPs of the model.

use std::net::IpAddr;
use std::sync::Arc;

use super::node::NodeIndex;
use crate::catalog::Way;
use crate::index::Index;
use crate::source::Span;
use crate::values::{DnsName, Interface};

/// Which VIP.
pub type VipIndex = Index<Vip>;

/// A virtual address.
#[derive(Debug)]
pub struct Vip {
    /// Its name.
    pub name: Arc<str>,
    /// At most one of each family.
    pub addresses: Vec<IpAddr>,
    /// Its DNS name.
    pub host: Option<DnsName>,
    /// The port that it takes.
    pub port: u16,
    /// How it is served, as the plan calls it.
    pub served_by: Arc<str>,
    /// What that means.
    pub way: Way,
    /// The nodes that carry it, ascending.
    pub nodes: Vec<NodeIndex>,
    /// Component and listen behind it.
    pub to: (Arc<str>, Arc<str>),
    /// The interface on its nodes.
    pub interface: Option<Interface>,
    /// The VRRP router.
    pub router_id: u8,
    /// Its table.
    pub origin: Span,
    /// Where its port is said; its table where it is not.
    pub port_origin: Span,
}

impl Vip {
    /// The VRRP routers of its addresses, one for each.
    pub fn routers(&self) -> impl Iterator<Item = u16> + '_ {
        (0..self.addresses.len())
            .map(|position| u16::from(self.router_id) + u16::try_from(position).unwrap_or(0))
    }
}
