//! Groups hosts that run the same programs, so that many hosts can be drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::report::verify::proven::Proven;
use crate::values::Instant;
use crate::verify::Verdict;
use crate::wiring::ProgramIndex;

/// Hosts that are drawn one by one at most.
const MOST: usize = 40;

/// What is drawn as one.
pub(super) struct Node {
    /// A host's name, or how many hosts there are of a kind.
    pub(super) name: String,
    /// The components on it.
    pub(super) components: BTreeSet<Arc<str>>,
}

/// All connections between two that are drawn.
#[derive(Default, Clone)]
pub(super) struct Edge {
    pub(super) count: usize,
    pub(super) broken: usize,
    /// The first instant at which one of them ends.
    pub(super) until: Option<Instant>,
    pub(super) kinds: BTreeSet<String>,
}

/// What is drawn, and what connects it.
pub(super) struct Drawn {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: BTreeMap<(usize, usize), Edge>,
}

impl Drawn {
    pub(super) fn of(proven: &Proven<'_>) -> Self {
        let mut components: BTreeMap<&str, BTreeSet<Arc<str>>> = BTreeMap::new();
        for index in proven.wiring.programs.indices() {
            let set = components.entry(place(proven, index)).or_default();
            set.insert(Arc::clone(&proven.program(index).component));
        }
        let together = components.len() > MOST;
        let mut nodes: Vec<(Node, usize)> = Vec::new();
        let mut of_host: BTreeMap<&str, usize> = BTreeMap::new();
        for (host, components) in components {
            let alike = nodes.iter().position(|(node, _)| together && node.components == components);
            let at = alike.unwrap_or(nodes.len());
            match nodes.get_mut(at) {
                Some((_, count)) => *count += 1,
                None => nodes.push((Node { name: host.to_owned(), components }, 1)),
            }
            of_host.insert(host, at);
        }
        let named = |(mut node, count): (Node, usize)| {
            if count > 1 {
                node.name = format!("{count} hosts like {}", node.name);
            }
            node
        };
        Self { edges: edges(proven, &of_host), nodes: nodes.into_iter().map(named).collect() }
    }
}

fn edges(proven: &Proven<'_>, of_host: &BTreeMap<&str, usize>) -> BTreeMap<(usize, usize), Edge> {
    let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    for connection in &proven.proof.connections {
        let Some((server, _)) = connection.server else { continue };
        let ends = (of_host.get(place(proven, connection.client)), of_host.get(place(proven, server)));
        let (Some(from), Some(to)) = ends else { continue };
        let edge = edges.entry((*from, *to)).or_default();
        let client = proven.program(connection.client);
        edge.count += 1;
        edge.broken += usize::from(connection.verdict == Verdict::Broken);
        if let Verdict::Holds(Some(until)) = connection.verdict {
            edge.until = Some(edge.until.map_or(until, |known| known.min(until)));
        }
        let dial = client.dials.get(connection.dial).map_or("", |dial| &*dial.name);
        edge.kinds.insert(format!("{} ({dial}) -> {}", client.component, proven.program(server).component));
    }
    edges
}

/// Where a program is drawn.
fn place<'p>(proven: &Proven<'p>, program: ProgramIndex) -> &'p str {
    let without_host = if proven.program(program).is_object { "cluster" } else { "people" };
    proven.program(program).host.map_or(without_host, |host| &proven.wiring.hosts[host].shown)
}
