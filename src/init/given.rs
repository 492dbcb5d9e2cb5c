//! Everything from which a first plan is made.

use super::hosts::{Host, Hosts};
use super::kubeadm::Taken;
use super::vip::VipAddress;
use crate::catalog::Run;
use crate::values::{Cidr, Interface, Version};

/// All that a first plan is made from.
#[derive(Debug, Clone)]
pub struct Given {
    /// The cluster's name.
    pub name: String,
    /// The Kubernetes version.
    pub version: Version,
    /// What runs the components.
    pub run: Run,
    /// Networks of services.
    pub services: Vec<Cidr>,
    /// Networks of pods.
    pub pods: Vec<Cidr>,
    /// Hosts with an API server; not empty.
    pub control_planes: Vec<Host>,
    /// The others.
    pub workers: Vec<Hosts>,
    /// The VIP and its interface, where the plan's own hosts hold it.
    pub vip: Option<(VipAddress, Interface)>,
    /// What kubeadm has on record.
    pub taken: Option<Taken>,
}
