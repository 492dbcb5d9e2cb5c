//! Nodes of the model.

use std::net::IpAddr;
use std::sync::Arc;

use crate::index::Index;
use crate::source::{Span, Spanned};
use crate::values::{DnsName, Interface, NodeName, SecretEpoch};

/// Which node.
pub type NodeIndex = Index<Node>;

/// A host.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: NodeName,
    /// The name that its keys derive from: `was`, or its own.
    pub id: Arc<str>,
    /// What they derive from.
    pub secret: SecretEpoch,
    /// The first is the one that is dialled.
    pub addresses: Arc<[IpAddr]>,
    /// DNS names that it has besides its own: every certificate that has its name has them, too.
    pub names: Arc<[Spanned<DnsName>]>,
    /// What it is for.
    pub roles: Arc<[Arc<str>]>,
    /// Where VIPs stand.
    pub interface: Option<Interface>,
    /// Its VRRP priority.
    pub priority: Option<u8>,
    /// Why nothing reaches it for now, and where that is said.
    pub away: Option<Spanned<Arc<str>>>,
    /// Its pool.
    pub pool: Option<Arc<str>>,
    /// Whether a file lists it, so that it has a row of its own.
    pub listed: bool,
    /// Its table or its row; of others the names of its pool.
    pub origin: Span,
}
