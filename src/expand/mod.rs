//! Turns the model into a blueprint: applies components to nodes, step by step.
//!
//! The steps are settings -> endpoints -> dials -> certificates and bundles -> paths. An expression sees only the
//! results of earlier steps, so no step changes an earlier one. Flags and files are the last step; `render` evaluates
//! them for one host at a time.

mod anchors;
mod artefacts;
mod authorities;
mod blueprint;
mod cause;
mod certificates;
mod cluster_scope;
mod constraints;
mod context;
mod declared;
mod dials;
mod doors;
mod endpoints;
mod graph;
mod imported;
mod instance_scope;
mod kubeconfigs;
mod likeness;
mod masters;
mod names;
mod node_scope;
mod once;
mod owners;
mod paths;
mod place;
mod reach;
mod reliance;
mod reliances;
mod scope;
mod subjects;

pub use artefacts::{Certificate, Holder, OfComponent, Reason};
pub use blueprint::Blueprint;
pub use cause::Cause;
pub(crate) use context::push_once;
pub use dials::{Target, TargetKind};
pub use graph::{Edge, Graph, Vertex};
pub use kubeconfigs::KubeconfigAt;
pub use likeness::Likeness;
pub(crate) use paths::path_clash;
pub use paths::{ComponentPaths, PairPaths};
pub use place::{ListenAt, Place, Places};
pub use reliance::Reliance;

use std::sync::OnceLock;

use crate::catalog::Catalog;
use crate::diagnostics::Diagnostics;
use crate::index::List;
use crate::resolve::{ComponentIndex, InstanceIndex, Model, Node};
use crate::source::Sources;
use context::Context;

/// Expands a model that resolved without errors; none where something is wrong. Rules that do not need what
/// could not be made are checked all the same.
pub fn expand<'a>(
    model: &'a Model,
    catalog: &'a Catalog,
    sources: &'a Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Blueprint<'a>> {
    catalog.engine.allow_for(model.nodes.len());
    let before = diagnostics.errors();
    let cluster = model.cluster.as_ref();
    let layout = cluster.and_then(|cluster| catalog.layouts.get(&cluster.layout.value));
    scope::services(model, diagnostics);
    let context = Context {
        model,
        catalog,
        sources,
        nodes: node_scope::nodes(model).into(),
        cluster: scope::of_cluster(model),
    };
    let paths = paths::components(&context, layout, diagnostics);
    let hosts = hosts(model);
    paths::clashes(&context, &paths, &hosts, diagnostics);
    let places = endpoints::places(&context, diagnostics)?;
    dials::check(&context, &places, diagnostics);
    doors::check(&context, &places, diagnostics);
    endpoints::ports(&context, &places, diagnostics);
    let mut certificates = List::default();
    let authorities = authorities::certificates(model, &mut certificates);
    let foreign = authorities::foreign(model, &mut certificates);
    let wanted = names::wanted(model);
    let of_components =
        certificates::instances(&context, &places, &wanted, &authorities, &mut certificates, diagnostics)?;
    let of_users = certificates::users(model, &authorities, &mut certificates);
    let of_free = certificates::free(model, &authorities, &mut certificates);
    imported::put(model, &authorities, &mut certificates, diagnostics);
    certificates::unique(&certificates, diagnostics);
    let shared_dials = scope::shared_dials(&context, &places);
    let peers = scope::peers(&context, &places);
    let Context { nodes, cluster, .. } = context;
    let blueprint = Blueprint {
        model,
        catalog,
        layout,
        sources,
        certificates,
        of_components,
        of_free,
        of_users,
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
    anchors::check(&blueprint, diagnostics);
    subjects::check(&blueprint, diagnostics);
    masters::check(&blueprint, diagnostics);
    diagnostics.extend(Graph::of_classes(&blueprint).circle());
    (diagnostics.errors() == before).then_some(blueprint)
}

/// The components on each node.
fn hosts(model: &Model) -> List<Node, Vec<(ComponentIndex, InstanceIndex)>> {
    let mut hosts = model.nodes.map(|_| Vec::new());
    for (c, component) in model.components.enumerate() {
        for (i, instance) in component.instances.enumerate() {
            hosts[instance.node].push((c, i));
        }
    }
    hosts
}
