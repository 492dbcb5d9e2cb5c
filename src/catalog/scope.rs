//! What expressions may name.

use crate::expression::{Schema, field};
use crate::read::catalog::ComponentDocument;

const CLUSTER: &[&str] =
    &["name", "domain", "version", "service_cidrs", "service_ips", "dns_ips", "pod_cidrs", "keyring_kinds"];
const NODE: &[&str] =
    &["name", "address", "addresses", "primary_addresses", "ipv4", "ipv6", "roles", "interface"];
const COMPONENT: &[&str] = &["name", "title", "version", "binary"];

/// The scope of settings: what is known before any component is.
pub(super) fn settings() -> Schema {
    Schema::default().with("cluster", CLUSTER.iter().copied()).with("node", NODE.iter().copied())
}

/// The scope of endpoints: settings besides.
pub(super) fn endpoints(document: &ComponentDocument) -> Schema {
    let names = document.settings.iter().map(|(name, _)| field(&name.value));
    settings().with("setting", names).with("component", COMPONENT.iter().copied())
}

/// The scope of flags, owners and conditions: dials and certificates besides.
pub(super) fn flags(document: &ComponentDocument) -> Schema {
    endpoints(document)
        .with("listen", document.listens.iter().map(|(name, _)| field(&name.value)))
        .with("dial", document.dials.iter().map(|(name, _)| field(&name.value)))
        .with("certificate", document.certificates.iter().map(|(name, _)| field(&name.value)))
        .with_open("peers")
        .with_open("vips")
}

/// The scope of files: paths, flags, secrets, and what `with` adds.
pub(super) fn files(document: &ComponentDocument) -> Schema {
    let bundles = document.bundles.iter().map(|(name, _)| field(&name.value));
    let files = document.files.iter().map(|(name, _)| field(&name.value));
    flags(document)
        .with("path", bundles.chain(files))
        .with("pod", ["digest", "mounts", "volumes"])
        .with_open("keyring")
        .with_open("flags")
        .with_open("with")
}

/// Every root and field, for the reference page.
#[must_use]
pub fn reference() -> Vec<(String, Vec<String>)> {
    let schema = settings().with("component", COMPONENT.iter().copied());
    schema
        .iter()
        .map(|(root, fields)| (root.to_owned(), fields.into_iter().map(str::to_owned).collect()))
        .collect()
}
