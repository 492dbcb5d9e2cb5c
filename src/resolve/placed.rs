//! A component with its instances, and what could not be resolved of them.

use std::sync::Arc;

use super::inventory::Nodes;
use super::model::{Component, Config, NodeIndex};

/// A component with its instances.
pub(super) struct Placed {
    pub(super) component: Component,
    /// What the plan says of it: everywhere, in each pool, on each node that has a table for it. No instance
    /// need have any of them.
    pub(super) configs: Vec<Arc<Config>>,
    /// Whether something that says where it runs could not be understood: any node may be meant.
    pub(super) misread: bool,
    /// Whether it runs on no other node.
    pub(super) whole: bool,
}

impl Placed {
    /// Whether it runs on a node, or would if all that was written could be understood.
    pub(super) fn may_be_on(&self, node: NodeIndex, nodes: &Nodes<'_>) -> bool {
        // Instances are in the order of nodes.
        let instances = &self.component.instances;
        let is_there = instances.search(&node, |instance| instance.node).is_some();
        is_there || self.misread || !nodes.knows_roles(node)
    }
}
