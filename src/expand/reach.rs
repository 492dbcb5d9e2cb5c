//! Finds the nodes that connect to each other by a dial.

use std::collections::BTreeSet;

use super::blueprint::Blueprint;
use super::reliance::Reliance;
use crate::catalog::{Dial, Reach};
use crate::resolve::{ComponentIndex, Endpoint, NodeIndex};

/// A component by its position, and some of its nodes, ascending.
type Side<'a> = (ComponentIndex, &'a [NodeIndex]);

impl<'a> Blueprint<'a> {
    pub(super) fn nodes_of(&self, component: ComponentIndex) -> Vec<NodeIndex> {
        self.model.components[component].instances.iter().map(|instance| instance.node).collect()
    }

    fn carries(&self, component: ComponentIndex, node: NodeIndex) -> bool {
        self.model.components[component].instances.search(&node, |one| one.node).is_some()
    }

    /// The nodes behind the cluster's endpoint.
    pub(super) fn behind_the_door(&self, component: ComponentIndex) -> Vec<NodeIndex> {
        let endpoint = self.model.cluster.as_ref().and_then(|cluster| cluster.endpoint.as_ref());
        match endpoint.map(|endpoint| endpoint.value) {
            Some(Endpoint::Node(node)) => vec![node],
            Some(Endpoint::Vip(_)) | None => self.nodes_of(component),
        }
    }

    /// What of two sides reaches each other by a dial; none: nothing.
    pub(super) fn reliance(&'a self, dial: &'a Dial, from: Side<'_>, to: Side<'_>) -> Option<Reliance<'a>> {
        let (component, dialling) = from;
        let (goal, dialled) = to;
        let (mut here, mut there) = (BTreeSet::new(), BTreeSet::new());
        let mut join = |from: &mut dyn Iterator<Item = NodeIndex>,
                        to: &mut dyn Iterator<Item = NodeIndex>| {
            let (from, to): (Vec<NodeIndex>, Vec<NodeIndex>) = (from.collect(), to.collect());
            if !from.is_empty() && !to.is_empty() {
                here.extend(from);
                there.extend(to);
            }
        };
        let through_the_door = || {
            let behind = self.behind_the_door(goal);
            dialled.iter().copied().filter(move |node| behind.binary_search(node).is_ok())
        };
        let all = || (dialling.iter().copied(), dialled.iter().copied());
        match dial.reach {
            Reach::BehindVips | Reach::Every => join(&mut all().0, &mut all().1),
            Reach::Others => {
                let other = |than: &[NodeIndex], node: NodeIndex| than.iter().any(|other| *other != node);
                join(
                    &mut all().0.filter(|node| other(dialled, *node)),
                    &mut all().1.filter(|node| other(dialling, *node)),
                );
            }
            Reach::Endpoint => join(&mut all().0, &mut through_the_door()),
            Reach::SameHost => {
                let both = |node: &NodeIndex| dialled.binary_search(node).is_ok();
                join(&mut all().0.filter(both), &mut all().0.filter(both));
                join(&mut all().0.filter(|node| !self.carries(goal, *node)), &mut through_the_door());
            }
        }
        if here.is_empty() {
            return None;
        }
        let component = &self.model.components[component].definition.name;
        Some(Reliance { component, dial, from: here.into_iter().collect(), to: there.into_iter().collect() })
    }
}
