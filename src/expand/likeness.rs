//! Compares hosts by kind: the same components with the same configurations, and the same other files.

use std::sync::Arc;

use super::blueprint::Blueprint;
use crate::resolve::{ComponentIndex, Extras, NodeIndex};

/// What hosts of one kind have in common: the same components with the same configurations, and the same things
/// beside them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness(Vec<(ComponentIndex, usize)>, Extras);

impl Blueprint<'_> {
    /// The kind of a host.
    #[must_use]
    pub fn likeness(&self, node: NodeIndex) -> Likeness {
        let components = self.hosts[node].iter().map(|&(component, instance)| {
            let config = &self.model.components[component].instances[instance].config;
            (component, Arc::as_ptr(config) as usize)
        });
        Likeness(components.collect(), self.model.extras_on(node))
    }
}
