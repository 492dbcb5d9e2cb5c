//! Finds fields of configuration files that their programs do not accept.

use super::instance::Instance;
use super::placement::Host;
use crate::diagnostics::Diagnostic;
use crate::expand::Blueprint;
use crate::resolve::NodeIndex;

/// What the configuration files of a node have that their programs do not take. What is wrong with an expression
/// is told where the node is rendered.
pub fn unknown_fields(blueprint: &Blueprint<'_>, node: NodeIndex) -> Vec<Diagnostic> {
    let mut host = Host::new(blueprint);
    host.review = Some(Vec::new());
    for &(component, instance) in &blueprint.hosts[node] {
        let _ = Instance::new(&mut host, component, instance).and_then(Instance::all);
    }
    host.review.unwrap_or_default()
}
