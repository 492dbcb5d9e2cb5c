//! Faults, each in good trees: what `verify` says of them, and what real programs do with them.

mod authorities;
mod certificates;
mod documents;
pub(crate) mod draft;
mod hosts;
mod identity;
mod inputs;
mod material;
mod members;
mod pods;
mod shared;
pub(crate) mod tree;

use tree::Tree;

use super::Lab;

/// Good trees.
pub(crate) struct Base {
    pub(crate) name: &'static str,
    plan: &'static str,
    /// What is changed in the plan.
    edits: &'static [(&'static str, &'static str)],
}

const fn base(
    name: &'static str,
    plan: &'static str,
    edits: &'static [(&'static str, &'static str)],
) -> Base {
    Base { name, plan, edits }
}

impl Base {
    /// The plan, to be built.
    pub(crate) fn lab(&self) -> Lab {
        let lab = Lab::of(self.plan);
        for (from, to) in self.edits {
            lab.edit(from, to);
        }
        lab
    }
}

/// Three masters, two workers, keepalived and haproxy, bootstrap tokens; the guide's folders.
pub(crate) const GUIDE: &str = "guide";
/// The same machines with kubeadm's folders, run by systemd.
pub(crate) const UNITS: &str = "units";
/// Static pods on three masters, and one worker.
pub(crate) const PODS: &str = "pods";
/// Kubernetes' authority is below a root; somebody else's load balancer.
pub(crate) const BELOW: &str = "below a root";
/// haproxy on each worker.
pub(crate) const PROXIES: &str = "proxies";
/// haproxy on hosts of its own.
pub(crate) const BALANCERS: &str = "balancers";
/// Two families of addresses.
pub(crate) const FAMILIES: &str = "families";
/// A file of tokens, on two masters.
pub(crate) const TOKENS: &str = "tokens";
/// The hard way's folders, and etcd runs as a user of its own.
pub(crate) const HARD: &str = "hard";

pub(crate) const BASES: [Base; 9] = [
    base(GUIDE, "ha-vip", &[]),
    base(UNITS, "ha", &[]),
    base(PODS, "kubeadm-ha", &[]),
    base(
        BELOW,
        "intermediate",
        // Keys that are quickly made, and that the tests sign with.
        &[
            (
                "Payments Root CA\"\norganizations = [\"Payments\"]\nkey = \"rsa-2048\"",
                "Payments Root CA\"\norganizations = [\"Payments\"]\nkey = \"ecdsa-p256\"",
            ),
            (
                "Payments Kubernetes CA\"\norganizations = [\"Payments\"]\nkey = \"rsa-2048\"",
                "Payments Kubernetes CA\"\norganizations = [\"Payments\"]\nkey = \"ecdsa-p256\"",
            ),
        ],
    ),
    base(PROXIES, "node-proxy", &[]),
    base(BALANCERS, "load-balancers", &[]),
    base(FAMILIES, "dual-stack", &[]),
    base(
        TOKENS,
        "bootstrap-token-file",
        &[
            ("endpoint = \"node.master\"", "endpoint = \"vip.api\""),
            (
                "[node.node1]",
                "[vip.api]\naddresses = [\"172.20.0.100\"]\nport = 6443\nserved-by = \"external\"\n\n\
                 [node.master2]\naddresses = [\"172.20.0.112\"]\nroles = [\"control-plane\"]\n\n\
                 [node.node1]",
            ),
        ],
    ),
    base(
        HARD,
        "ha",
        &[
            ("layout = \"kubeadm\"", "layout = \"the-hard-way\""),
            ("[vip.api]", "[component.etcd]\nsetting.user = \"etcd\"\n\n[vip.api]"),
        ],
    ),
];

/// One fault.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) base: &'static str,
    pub(crate) change: fn(&Tree),
    /// What is said of it, in short lines.
    pub(crate) found: &'static [&'static str],
    /// A part of one of the messages.
    pub(crate) says: &'static str,
}

const fn fault(
    base: &'static str,
    name: &'static str,
    change: fn(&Tree),
    found: &'static [&'static str],
    says: &'static str,
) -> Fault {
    Fault { name, base, change, found, says }
}

pub(crate) fn all() -> Vec<&'static Fault> {
    let tables = [
        authorities::FAULTS,
        certificates::FAULTS,
        documents::FAULTS,
        hosts::FAULTS,
        identity::FAULTS,
        inputs::FAULTS,
        material::FAULTS,
        members::FAULTS,
        pods::FAULTS,
        shared::FAULTS,
    ];
    tables.into_iter().flatten().collect()
}
