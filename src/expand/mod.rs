//! From what is meant to what is made: components applied to nodes, layer by layer.
//!
//! settings -> endpoints -> dials -> certificates and bundles -> paths. An expression sees earlier
//! layers only, so nothing flows back. Flags and files are the last layer; they are evaluated for one
//! host at a time, in `render`.

mod artefacts;
mod authorities;
mod cause;
mod certificates;
mod constraints;
mod dials;
mod doors;
mod endpoints;
mod graph;
mod kubeconfigs;
mod names;
mod paths;
mod reliance;
mod scope;
mod subjects;

pub use artefacts::{Certificate, Holder, Reason};
pub use cause::Cause;
pub use dials::Target;
pub use endpoints::{ListenAt, Place};
pub use graph::{Edge, Graph, Vertex};
pub use kubeconfigs::KubeconfigAt;
pub(crate) use paths::path_clash;
pub use paths::{ComponentPaths, PairPaths};
pub use reliance::Reliance;

use std::sync::{Arc, OnceLock};

use crate::catalog::{Catalog, Layout};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::expression::Value;
use crate::resolve::Model;
use crate::source::Sources;

/// Everything that is to be made, but for the text of files and the dates of certificates.
pub struct Blueprint<'a> {
    /// What is meant.
    pub model: &'a Model,
    /// What components are.
    pub catalog: &'a Catalog,
    /// Where things lie; none without a cluster.
    pub layout: Option<&'a Layout>,
    /// The texts that origins point into.
    pub sources: &'a Sources,
    /// Every certificate, each after its issuer.
    pub certificates: Vec<Certificate>,
    /// For each component, for each instance: the first of its certificates; the others follow.
    pub first_certificate: Vec<Vec<usize>>,
    /// For each free-standing certificate: the first of its nodes'; the others follow in their order.
    pub first_free: Vec<usize>,
    /// For each authority, the certificates of its trusted generations, and which of them signs.
    pub authorities: Vec<authorities::Generated>,
    /// For each authority of another plan, the certificates of its trusted generations, ascending.
    pub foreign: Vec<Vec<usize>>,
    /// For each component, for each instance: settings and endpoints.
    pub places: Vec<Vec<Place>>,
    /// For each component: where its artefacts lie.
    pub paths: Vec<ComponentPaths>,
    /// For each node: the components on it, with the position of their instance.
    pub hosts: Vec<Vec<(usize, usize)>>,
    /// For each component, for each listen: the names that dials and VIPs need.
    wanted: Vec<Vec<names::Wanted>>,
    /// The `node` of expressions, for each node.
    nodes: Arc<[Value]>,
    /// The `cluster` of expressions.
    cluster: Option<Value>,
    /// Addresses that are the same for every dialling instance, by component and dial.
    shared_dials: Vec<Vec<Option<Value>>>,
    /// The `peers` of expressions, by component.
    peers: Vec<Value>,
    /// Whose names and addresses are whose.
    owners: OnceLock<cause::Owners>,
}

/// What every part of the stage reads.
struct Context<'a> {
    model: &'a Model,
    catalog: &'a Catalog,
    sources: &'a Sources,
    nodes: Arc<[Value]>,
    cluster: Option<Value>,
}

/// Expands a model that resolved without errors.
pub fn expand<'a>(
    model: &'a Model,
    catalog: &'a Catalog,
    sources: &'a Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Blueprint<'a>> {
    let before = diagnostics.errors();
    let cluster = model.cluster.as_ref();
    let layout = cluster.and_then(|cluster| catalog.layouts.get(&cluster.layout.value));
    let mut context = Context { model, catalog, sources, nodes: scope::nodes(model).into(), cluster: None };
    context.cluster = scope::cluster(model, diagnostics);
    let places = endpoints::places(&context, diagnostics);
    if diagnostics.errors() > before {
        return None;
    }
    dials::check(&context, &places, diagnostics);
    doors::check(&context, &places, diagnostics);
    endpoints::ports(&context, &places, diagnostics);
    let mut certificates = Vec::new();
    let authorities = authorities::certificates(model, &mut certificates);
    let foreign = authorities::foreign(model, &mut certificates);
    let wanted = names::wanted(model);
    let first_certificate =
        certificates::instances(&context, &places, &wanted, &authorities, &mut certificates, diagnostics);
    certificates::users(model, &authorities, &mut certificates);
    let first_free = certificates::free(model, &authorities, &mut certificates);
    certificates::unique(&certificates, diagnostics);
    let paths = paths::components(&context, layout, diagnostics);
    let hosts = hosts(model);
    paths::clashes(&context, &paths, &hosts, diagnostics);
    if diagnostics.errors() > before {
        return None;
    }
    let shared_dials = scope::shared_dials(&context, &places);
    let peers = scope::peers(&context, &places);
    let Context { nodes, cluster, .. } = context;
    let blueprint = Blueprint {
        model,
        catalog,
        layout,
        sources,
        certificates,
        first_certificate,
        first_free,
        authorities,
        foreign,
        places,
        paths,
        hosts,
        wanted,
        nodes,
        cluster,
        shared_dials,
        peers,
        owners: OnceLock::new(),
    };
    constraints::check(&blueprint, diagnostics);
    subjects::check(&blueprint, diagnostics);
    if diagnostics.errors() > before {
        return None;
    }
    if let Some(circle) = Graph::of_classes(&blueprint).circle() {
        diagnostics.push(circle);
        return None;
    }
    Some(blueprint)
}

/// The components on each node.
fn hosts(model: &Model) -> Vec<Vec<(usize, usize)>> {
    let mut hosts = vec![Vec::new(); model.nodes.len()];
    for (c, component) in model.components.iter().enumerate() {
        for (i, instance) in component.instances.iter().enumerate() {
            hosts[instance.node].push((c, i));
        }
    }
    hosts
}

/// Keeps the first of the messages that instances of one class have in common: one mistake of the
/// catalog would otherwise be told for every node.
pub(crate) fn push_once(diagnostics: &mut Diagnostics, failures: Vec<Diagnostic>) {
    let mut told: Vec<Diagnostic> = Vec::new();
    for failure in failures {
        if !told.iter().any(|other| other.code == failure.code && other.labels == failure.labels) {
            told.push(failure);
        }
    }
    told.into_iter().for_each(|failure| diagnostics.push(failure));
}

/// A name that many share.
type Shared = Arc<str>;
