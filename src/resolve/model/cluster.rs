//! The cluster of the model.

use std::sync::Arc;

use super::node::NodeIndex;
use super::sourced::Sourced;
use super::vip::VipIndex;
use crate::catalog::Run;
use crate::values::{Cidr, DnsName, SecretEpoch, Version};

/// `[cluster]`
#[derive(Debug)]
pub struct Cluster {
    /// As in kubeconfigs.
    pub name: Sourced<Arc<str>>,
    /// The profile.
    pub profile: Sourced<String>,
    /// The secret that the keys derive from which no node has.
    pub secret: SecretEpoch,
    /// The layout.
    pub layout: Sourced<String>,
    /// How components run.
    pub run: Sourced<Run>,
    /// The Kubernetes version, for components that have none of their own.
    pub version: Option<Sourced<Version>>,
    /// The DNS domain of services.
    pub domain: Sourced<DnsName>,
    /// Service networks, the primary family first.
    pub service_cidrs: Vec<Sourced<Cidr>>,
    /// Pod networks.
    pub pod_cidrs: Vec<Sourced<Cidr>>,
    /// The door for kubelets and users.
    pub endpoint: Option<Sourced<Endpoint>>,
    /// Whether the endpoint is dialled by its DNS name.
    pub endpoint_by_name: bool,
    /// Whether users' kubeconfigs name the cluster with each user, so that those of several clusters can be merged.
    pub qualified_users: bool,
    /// What stands behind the endpoint: component and listen.
    pub endpoint_to: Option<(Arc<str>, Arc<str>)>,
}

/// The door that kubelets and users take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// A node's own.
    Node(NodeIndex),
    /// A VIP.
    Vip(VipIndex),
}
