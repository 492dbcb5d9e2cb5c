//! Hosts, with the addresses at which they can be reached.

use std::net::IpAddr;
use std::sync::Arc;

use crate::index::Index;

/// Which host.
pub type HostIndex = Index<Host>;

/// A host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: Arc<str>,
    /// What reports call it: its name, with the plans that it is of where several are proven as one.
    pub shown: Arc<str>,
    /// Its own addresses.
    pub addresses: Vec<IpAddr>,
    /// Addresses that move between hosts and may be here.
    pub holds: Vec<IpAddr>,
    /// The name under which it registers itself, where it does.
    pub registered: Option<Arc<str>>,
    /// The addresses under which it registers itself.
    pub registers: Vec<IpAddr>,
}

impl Host {
    /// Whether it can be reached at an address.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address) || self.holds.contains(&address)
    }
}
