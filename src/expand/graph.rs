//! The dependency graph of artefacts.
//!
//! Issuing, embedding and referring must not form a cycle. Dials may.

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;

use super::blueprint::Blueprint;
use crate::catalog::{FileContent, Reference, Tree};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{AuthorityIndex, ComponentIndex, Trusted};
use crate::source::Span;

/// An artefact of a class: all instances of a component share it.
#[derive(Debug, Clone)]
pub struct Vertex {
    /// `kube.../certificate serving`
    pub name: String,
    /// Authority, certificate, bundle, kubeconfig, file, component.
    pub kind: &'static str,
    /// Where it is said.
    pub span: Span,
}

/// How one artefact depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Dials: may go in circles.
    Dials,
    /// Its bytes stand in the other.
    Embeds,
    /// Its key signs the other.
    Issues,
    /// Its path stands in the other.
    Refers,
}

/// The graph; edges lead from what depends to what it depends on.
#[derive(Debug, Default)]
pub struct Graph {
    graph: DiGraph<Vertex, Edge>,
    index: BTreeMap<String, NodeIndex>,
}

impl Graph {
    /// The graph of authorities and of the components' artefacts, instances taken together.
    #[must_use]
    pub fn of_classes(blueprint: &Blueprint<'_>) -> Self {
        let mut graph = Graph::default();
        let model = blueprint.model;
        for authority in &model.authorities {
            let own = graph.vertex(format!("authority {}", authority.name), "authority", authority.origin);
            if let Some(above) = authority.issuer {
                let above = &model.authorities[above];
                let above = graph.vertex(format!("authority {}", above.name), "authority", above.origin);
                graph.graph.add_edge(own, above, Edge::Issues);
            }
        }
        for component in model.components.indices() {
            if !model.components[component].instances.is_empty() {
                graph.component(blueprint, component);
            }
        }
        for user in &model.users {
            let own = graph.vertex(format!("user {}", user.name), "kubeconfig", user.origin);
            let authority = model.users_purpose.as_deref().and_then(|purpose| model.authority_for(purpose));
            graph.issued(own, authority, blueprint);
        }
        for certificate in &model.certificates {
            let own =
                graph.vertex(format!("certificate {}", certificate.name), "certificate", certificate.origin);
            graph.issued(own, Some(certificate.authority), blueprint);
        }
        graph
    }

    fn vertex(&mut self, name: String, kind: &'static str, span: Span) -> NodeIndex {
        if let Some(index) = self.index.get(&name) {
            return *index;
        }
        let index = self.graph.add_node(Vertex { name: name.clone(), kind, span });
        self.index.insert(name, index);
        index
    }

    fn issued(&mut self, own: NodeIndex, authority: Option<AuthorityIndex>, blueprint: &Blueprint<'_>) {
        if let Some(authority) = authority.map(|index| &blueprint.model.authorities[index]) {
            let above = self.vertex(format!("authority {}", authority.name), "authority", authority.origin);
            self.graph.add_edge(own, above, Edge::Issues);
        }
    }

    fn component(&mut self, blueprint: &Blueprint<'_>, component: ComponentIndex) {
        let definition = blueprint.definition(component).clone();
        let name = |what: &str| format!("{}/{what}", definition.name);
        let own = self.vertex(definition.name.to_string(), "component", definition.span);
        let authority = |purpose: &str| blueprint.model.authority_for(purpose);
        let certificates: Vec<_> = definition
            .certificates
            .iter()
            .enumerate()
            .map(|(i, certificate)| {
                let vertex = self.vertex(name(&certificate.name), "certificate", certificate.span);
                self.issued(vertex, blueprint.model.issuer(&definition, i), blueprint);
                vertex
            })
            .collect();
        let bundles: Vec<_> = definition
            .bundles
            .iter()
            .map(|bundle| {
                let vertex = self.vertex(name(&bundle.name), "bundle", bundle.span);
                for held in bundle.purposes.iter().filter_map(|purpose| authority(purpose)) {
                    let held = &blueprint.model.authorities[held];
                    let held = self.vertex(format!("authority {}", held.name), "authority", held.origin);
                    self.graph.add_edge(vertex, held, Edge::Embeds);
                }
                vertex
            })
            .collect();
        for addition in blueprint.model.components[component].instances.iter().flat_map(|i| &i.config.bundles)
        {
            let name = blueprint.model.trusted_name(addition.authority);
            let origin = match addition.authority {
                Trusted::Foreign(foreign) => blueprint.model.foreign[foreign].asked,
                Trusted::Own(own) => blueprint.model.authorities[own].origin,
            };
            let held = self.vertex(format!("authority {name}"), "authority", origin);
            self.graph.update_edge(bundles[addition.bundle], held, Edge::Embeds);
        }
        let kubeconfigs: Vec<_> = definition
            .kubeconfigs
            .iter()
            .map(|kubeconfig| {
                let vertex = self.vertex(name(&kubeconfig.name), "kubeconfig", kubeconfig.span);
                for dial in kubeconfig.contexts.iter().map(|context| &definition.dials[context.dial]) {
                    let certificate = dial.certificate.map(|i| certificates[i]);
                    for held in certificate.into_iter().chain(dial.trusts.map(|i| bundles[i])) {
                        self.graph.update_edge(vertex, held, Edge::Embeds);
                    }
                }
                vertex
            })
            .collect();
        // Files of a way in which nothing runs here lie nowhere.
        let there = blueprint.paths[component].files.iter().map(Option::is_some);
        let files: Vec<_> = definition
            .files
            .iter()
            .zip(there)
            .map(|(file, there)| there.then(|| self.vertex(name(&file.name), "file", file.span)))
            .collect();
        let find = |reference: Reference| match reference {
            Reference::Authority(..) | Reference::Keyring(..) => None,
            Reference::Bundle(i) => Some(bundles[i]),
            Reference::Certificate(i, _) => Some(certificates[i]),
            Reference::File(i) => files[i],
            Reference::Kubeconfig(i) => Some(kubeconfigs[i]),
        };
        for (i, file) in definition.files.iter().enumerate() {
            if let (FileContent::Yaml(documents), Some(own)) = (&file.content, files[i]) {
                let mut found = Vec::new();
                documents.iter().for_each(|document| references(document, &mut found));
                for to in found.into_iter().filter_map(find) {
                    self.graph.update_edge(own, to, Edge::Refers);
                }
            }
        }
        let mut found = Vec::new();
        definition.flags.iter().for_each(|flag| references(&flag.value, &mut found));
        for to in found.into_iter().filter_map(find) {
            self.graph.update_edge(own, to, Edge::Refers);
        }
        for dial in &definition.dials {
            let to = blueprint.model.component(&dial.component).map(|other| other.definition.span);
            if let Some(span) = to {
                let to = self.vertex(dial.component.to_string(), "component", span);
                self.graph.update_edge(own, to, Edge::Dials);
            }
        }
    }

    /// A circle of what issues, embeds or refers, shown whole.
    #[must_use]
    pub fn circle(&self) -> Option<Diagnostic> {
        let ordered =
            self.graph.filter_map(|_, vertex| Some(vertex), |_, edge| (*edge != Edge::Dials).then_some(edge));
        let circles = petgraph::algo::tarjan_scc(&ordered);
        let circle = circles
            .into_iter()
            .find(|group| group.len() > 1 || group.iter().any(|v| ordered.contains_edge(*v, *v)))?;
        let names: Vec<&str> =
            circle.iter().chain(circle.first()).map(|v| ordered[*v].name.as_str()).collect();
        let message = format!("artefacts depend on one another in a circle: {}", names.join(" -> "));
        let diagnostic = Diagnostic::new(Code::GraphCircle, message);
        Some(circle.iter().fold(diagnostic, |d, v| d.at(ordered[*v].span, ordered[*v].name.clone())))
    }

    /// Its vertices, in the order in which they were found.
    pub fn vertices(&self) -> impl Iterator<Item = &Vertex> {
        self.graph.node_weights()
    }

    /// What depends, what it depends on, and how.
    pub fn edges(&self) -> impl Iterator<Item = (&Vertex, &Vertex, Edge)> {
        let edges = self.graph.edge_references();
        edges.map(|edge| (&self.graph[edge.source()], &self.graph[edge.target()], *edge.weight()))
    }
}

fn references(tree: &Tree, found: &mut Vec<Reference>) {
    match tree {
        Tree::Boolean(_) | Tree::Float(_) | Tree::Integer(_) | Tree::Text(_) => {}
        Tree::List(items) => items.iter().for_each(|item| references(item, found)),
        Tree::Reference(reference) => found.push(*reference),
        Tree::Table(entries) => entries.iter().for_each(|(_, value)| references(value, found)),
        Tree::When(value, _) => references(value, found),
    }
}
