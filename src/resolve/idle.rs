//! Warns about nodes without a role on which nothing runs.

use std::collections::BTreeSet;

use super::model::{Model, NodeIndex};
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};

/// Warns of nodes that get nothing.
pub(super) fn check(written: Written<'_>, model: &Model, diagnostics: &mut Diagnostics) {
    // What is wrong elsewhere may be what is missing.
    if diagnostics.has_errors() || written.profile.is_poisoned() {
        return;
    }
    let instances = model.components.iter().flat_map(|component| component.instances.iter());
    let certificates = model.certificates.iter().flat_map(|certificate| certificate.nodes.iter().copied());
    let files = model.files.iter().flat_map(|file| file.nodes.iter().copied());
    let users = model.users.iter().filter_map(|user| user.on_hosts.as_ref());
    let users = users.flat_map(|on| on.nodes.iter().copied());
    let busy: BTreeSet<NodeIndex> =
        instances.map(|instance| instance.node).chain(certificates).chain(files).chain(users).collect();
    let is_idle = |index: NodeIndex| !busy.contains(&index) && model.nodes[index].roles.is_empty();
    let idle = model.nodes.enumerate().filter(|(index, _)| is_idle(*index)).map(|(_, node)| node);
    let mut pools = BTreeSet::new();
    for node in idle.filter(|node| node.pool.as_ref().is_none_or(|pool| pools.insert(pool.clone()))) {
        let message = match &node.pool {
            Some(pool) => format!("no component is on the nodes of pool `{pool}`"),
            None => format!("no component is on node `{}`", node.name),
        };
        let known: Vec<String> = written
            .profile
            .known()
            .into_iter()
            .flat_map(|profile| &profile.roles)
            .map(|role| format!("\"{}\"", role.value))
            .collect();
        let help = match known.is_empty() {
            true => "give it a role that a component selects, or certificates, or remove it".to_owned(),
            false => format!("write `roles = [...]` with one or more of {}", known.join(", ")),
        };
        diagnostics.push(Diagnostic::new(Code::IdleNode, message).at(node.origin, "").help(help));
    }
}
