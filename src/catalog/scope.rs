//! The schemas of scopes: which names an expression of a definition may use.

use std::collections::BTreeSet;

use super::flags::FlagTable;
use super::root::Root;
use crate::expression::{Schema, field};
use crate::read::catalog::ComponentDocument;

const CLUSTER: &[&str] = &[
    "name",
    "domain",
    "version",
    "service_cidrs",
    "service_ips",
    "dns_ips",
    "pod_cidrs",
    "keyring_kinds",
    "encryption_providers",
    "encrypts",
    "components",
    "pod_nodes",
    "roles",
    "grants",
];
const NODE: &[&str] =
    &["name", "address", "addresses", "primary_addresses", "ipv4", "ipv6", "roles", "interface"];
const COMPONENT: &[&str] = &["name", "title", "version", "binary", "run"];

/// The scope of settings: what is known before any component is.
pub(super) fn settings() -> Schema {
    Schema::default()
        .with(Root::Bootstrap.word(), ["groups", "subject"])
        .with(Root::Cluster.word(), CLUSTER.iter().copied())
        .with(Root::Node.word(), NODE.iter().copied())
}

/// The scope of what a component has once for the cluster: no node is there.
pub(super) fn of_cluster(document: &ComponentDocument) -> Schema {
    let names = document.settings.iter().map(|(name, _)| field(&name.value));
    Schema::default()
        .with(Root::Bootstrap.word(), ["groups", "subject"])
        .with(Root::Cluster.word(), CLUSTER.iter().copied())
        .with(Root::Setting.word(), names)
        .with(Root::Component.word(), COMPONENT.iter().copied())
}

/// The scope of endpoints: settings besides.
pub(super) fn endpoints(document: &ComponentDocument) -> Schema {
    let names = document.settings.iter().map(|(name, _)| field(&name.value));
    settings().with(Root::Setting.word(), names).with(Root::Component.word(), COMPONENT.iter().copied())
}

/// The scope of flags, owners and conditions: dials and certificates besides.
pub(super) fn flags(document: &ComponentDocument) -> Schema {
    endpoints(document)
        .with(Root::Listen.word(), document.listens.iter().map(|(name, _)| field(&name.value)))
        .with(Root::Dial.word(), document.dials.iter().map(|(name, _)| field(&name.value)))
        .with(Root::Certificate.word(), document.certificates.iter().map(|(name, _)| field(&name.value)))
        .with_open(Root::Peers.word())
        .with_open(Root::Vips.word())
}

/// The scope of files: paths, flags, secrets, and what `with` adds.
pub(super) fn files(document: &ComponentDocument) -> Schema {
    let bundles = || document.bundles.iter().map(|(name, _)| field(&name.value));
    let files = document.files.iter().map(|(name, _)| field(&name.value));
    flags(document)
        .with(Root::Bundle.word(), bundles())
        .with(Root::Path.word(), bundles().chain(files))
        .with(Root::Pod.word(), ["digest", "mounts", "volumes"])
        .with_open(Root::Keyring.word())
        .with_open(Root::Flags.word())
        .with_open(Root::With.word())
}

/// The scope of rules, ports and states: all that a flag sees, and the flags.
pub(super) fn settled(document: &ComponentDocument, table: Option<&FlagTable>) -> Schema {
    let own = document.flags.iter().map(|(name, _)| field(&name.value));
    let known = table.into_iter().flat_map(FlagTable::names).map(field);
    let files = document.files.iter().map(|(name, _)| field(&name.value));
    let bundles = document.bundles.iter().map(|(name, _)| field(&name.value));
    let schema = flags(document).with(Root::Path.word(), files).with(Root::Trust.word(), bundles);
    let schema = schema.with_open(Root::Others.word()).with_open(Root::Ports.word());
    let known: BTreeSet<String> = own.chain(known).collect();
    match table {
        Some(_) => schema.with(Root::Flag.word(), known.clone()).with(Root::Named.word(), known),
        // What its program takes is not known.
        None => schema.with_open(Root::Flag.word()).with_open(Root::Named.word()),
    }
}

/// Every root and field, for the reference page.
#[must_use]
pub fn reference() -> Vec<(String, Vec<String>)> {
    let schema = settings().with(Root::Component.word(), COMPONENT.iter().copied());
    schema
        .iter()
        .map(|(root, fields)| (root.to_owned(), fields.into_iter().map(str::to_owned).collect()))
        .collect()
}
