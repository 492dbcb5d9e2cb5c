//! Reads the nodes of a cluster from the output of `kubectl get nodes -o json` or `-o yaml`.

use std::net::IpAddr;

use super::hosts::{Host, with_help};
use super::mapping::Mapping;
use super::written::one_line;
use crate::values::{Invalid, parse_address};
use crate::yaml::{self, Node};

/// What kind of address others use.
const INTERNAL: &str = "InternalIP";

/// The hosts of a cluster.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Those with an API server, by their labels.
    pub control_planes: Vec<Host>,
    /// The others.
    pub workers: Vec<Host>,
}

/// Reads the nodes; `file` is what it is called in messages.
///
/// # Errors
/// It is no YAML, there are no nodes in it, or one has no name or address that a plan could have.
pub fn nodes(text: &str, file: &str) -> Result<Known, String> {
    let mapping = Mapping::builtin()?;
    let documents = yaml::documents(text).map_err(|broken| {
        format!("{file}, line {}: {}; print it with `kubectl get nodes -o json`", broken.line, broken.why)
    })?;
    let mut known = Known::default();
    let roots: Vec<&Node> = documents.iter().map(|document| &document.root).collect();
    let listed = roots.iter().flat_map(|root| root.get("items").map_or(&[][..], Node::items));
    let alone = roots.iter().copied().filter(|root| root.get("items").is_none());
    for node in listed.chain(alone).filter(|node| node.get("kind").and_then(Node::as_str) == Some("Node")) {
        let host = host(node).map_err(|why| format!("{file}, line {}: {why}", node.line))?;
        let labels = node.at(&["metadata", "labels"]);
        // Where a role is a label, its value is empty.
        let has = |label: &str| {
            labels.is_some_and(|labels| labels.entries().iter().any(|(key, _)| key.text == label))
        };
        let mut of_control_planes = mapping.control_plane_labels();
        if of_control_planes.any(has) { known.control_planes.push(host) } else { known.workers.push(host) }
    }
    if known.control_planes.is_empty() && known.workers.is_empty() {
        return Err(format!("{file} has no nodes: it should be what `kubectl get nodes -o json` prints"));
    }
    Ok(known)
}

fn host(node: &Node) -> Result<Host, String> {
    let name = node.at(&["metadata", "name"]).and_then(Node::as_str).ok_or("a node without a name")?;
    let addresses = node.at(&["status", "addresses"]).map_or(&[][..], Node::items).iter();
    let internal = addresses.filter(|one| one.get("type").and_then(Node::as_str) == Some(INTERNAL));
    let texts = internal.filter_map(|one| one.get("address").and_then(Node::as_str));
    let said = |invalid: Invalid| with_help(invalid).message;
    let addresses: Vec<IpAddr> = texts.map(parse_address).collect::<Result<_, _>>().map_err(said)?;
    if addresses.is_empty() {
        return Err(format!("node `{}` has no address of type {INTERNAL}", one_line(name)));
    }
    let name = name.parse().map_err(said)?;
    Ok(Host { name, addresses })
}
