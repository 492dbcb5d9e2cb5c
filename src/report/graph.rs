//! The output of `pkiplan graph`: Graphviz, Mermaid and JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::expand::{Edge, Graph, Vertex};

/// The word on an edge.
fn word(edge: Edge) -> &'static str {
    match edge {
        Edge::Dials => "dials",
        Edge::Embeds => "embeds",
        Edge::Issues => "issued by",
        Edge::Refers => "refers to",
    }
}

/// Graphviz' language.
#[must_use]
pub fn graph_to_dot(graph: &Graph) -> String {
    let mut text = String::from("digraph plan {\n  rankdir=LR;\n  node [shape=box];\n");
    for vertex in graph.vertices() {
        let _ = writeln!(text, "  {:?} [label={:?}, group={:?}];", vertex.name, vertex.name, vertex.kind);
    }
    for (from, to, edge) in graph.edges() {
        let style = if edge == Edge::Dials { ", style=dashed" } else { "" };
        let _ = writeln!(text, "  {:?} -> {:?} [label={:?}{style}];", from.name, to.name, word(edge));
    }
    text.push_str("}\n");
    text
}

/// Mermaid's language.
#[must_use]
pub fn graph_to_mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR\n");
    let number: BTreeMap<&str, usize> =
        graph.vertices().enumerate().map(|(i, vertex)| (vertex.name.as_str(), i)).collect();
    for vertex in graph.vertices() {
        // Mermaid takes entities instead of what ends a label or is a tag.
        let name = vertex.name.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;");
        let _ = writeln!(text, "  n{}[\"{name}\"]", number[vertex.name.as_str()]);
    }
    for (from, to, edge) in graph.edges() {
        let arrow = if edge == Edge::Dials { "-.->" } else { "-->" };
        let (from, to) = (number[from.name.as_str()], number[to.name.as_str()]);
        let _ = writeln!(text, "  n{from} {arrow}|{}| n{to}", word(edge));
    }
    text
}

/// Vertices with their kinds, and edges by the names of their ends.
#[must_use]
pub fn graph_to_json(graph: &Graph) -> serde_json::Value {
    let vertices = graph.vertices();
    let vertices: Vec<_> =
        vertices.map(|vertex| serde_json::json!({ "name": vertex.name, "kind": vertex.kind })).collect();
    let edge = |(from, to, edge): (&Vertex, &Vertex, Edge)| serde_json::json!({ "from": from.name, "to": to.name, "kind": word(edge) });
    let edges: Vec<_> = graph.edges().map(edge).collect();
    serde_json::json!({ "vertices": vertices, "edges": edges })
}
