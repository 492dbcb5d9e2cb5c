//! Resolves `[component.NAME]`: on which nodes components run, and their configuration there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bundles::Additions;
use super::inventory::Nodes;
use super::model::{Cluster, Component, Config, Instance, NodeIndex};
use super::parse::unknown;
use super::placed::Placed;
use super::roles::KnownRoles;
use super::selection::{self, Selection, Vips};
use super::written::{Written, table};
use super::{cluster, config};
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::ComponentTable as Table;

/// Where components can run.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) roles: &'a KnownRoles<'a>,
    pub(super) nodes: &'a Nodes<'a>,
    pub(super) vips: &'a Vips,
}

/// The components of the plan, in the order of the profile.
pub(super) fn components(
    written: Written<'_>,
    cluster: &Cluster,
    ground: Ground<'_>,
    additions: &Additions,
    diagnostics: &mut Diagnostics,
) -> Vec<Placed> {
    let says_version = |layer: &&Table| layer.version.is_some() || layer.unread.holds("version");
    let is_versioned = |definition: &Arc<Definition>| {
        config::version(definition, cluster).is_some()
            || written.component_layers(&definition.name).iter().any(says_version)
    };
    if !written.components().all(is_versioned) {
        cluster::missing(written, "version", diagnostics);
    }
    let of = |definition| component(definition, written, cluster, ground, additions, diagnostics);
    written.components().map(of).collect()
}

/// Reports tables of components that the catalog does not have.
pub(super) fn unknown_ones(written: Written<'_>, diagnostics: &mut Diagnostics) {
    let document = written.document;
    let nodes = document.nodes.iter().flat_map(|(_, node)| &node.components);
    let pools = document.pools.iter().flat_map(|(_, pool)| &pool.components);
    for (name, _) in document.components.iter().chain(nodes).chain(pools) {
        let known = &written.catalog.components;
        if !known.contains_key(&name.value) {
            let known = known.keys().map(String::as_str);
            unknown(Code::UnknownComponent, "component", name, known, diagnostics);
        }
    }
}

fn component(
    definition: &Arc<Definition>,
    written: Written<'_>,
    cluster: &Cluster,
    ground: Ground<'_>,
    additions: &Additions,
    diagnostics: &mut Diagnostics,
) -> Placed {
    let layers = written.component_layers(&definition.name);
    let of_catalog = config::of_catalog(definition, cluster);
    let base = Arc::new(config::layered(definition, &layers, &of_catalog, additions, diagnostics));
    let selection = placed(definition, &layers, written, ground, diagnostics);
    let mut placing = Placing {
        definition,
        additions,
        nodes: ground.nodes,
        misread: selection.misread,
        configs: vec![base.clone()],
    };
    let enabled = is_enabled(&layers);
    let pools = placing.pools(written, &base, enabled, &selection, diagnostics);
    let on_node = |node: NodeIndex| {
        let pool = ground.nodes.list[node].pool.as_deref();
        let (config, stays) =
            pool.and_then(|pool| pools.get(pool)).cloned().unwrap_or((base.clone(), enabled));
        (Instance { node, config }, stays)
    };
    let mut instances: Vec<(Instance, bool)> = selection.nodes.iter().map(|node| on_node(*node)).collect();
    placing.nodes(written, &base, &mut instances, diagnostics);
    let mut all = written.all_component_layers(&definition.name);
    let unread = all.any(|layer| layer.unread.holds("enabled") || layer.unread.holds("place"));
    let instances = instances.into_iter().filter_map(|(instance, stays)| stays.then_some(instance)).collect();
    Placed {
        component: Component { definition: definition.clone(), instances },
        configs: placing.configs,
        misread: placing.misread || unread,
        whole: selection.whole && !unread,
    }
}

fn is_enabled(layers: &[&Table]) -> bool {
    let said = layers.iter().rev().find_map(|layer| layer.enabled.as_ref());
    said.is_none_or(|enabled| enabled.value)
}

/// The nodes that a component selects, or that the plan selects for it.
fn placed(
    definition: &Definition,
    layers: &[&Table],
    written: Written<'_>,
    ground: Ground<'_>,
    diagnostics: &mut Diagnostics,
) -> Selection {
    match layers.iter().rev().find_map(|layer| layer.place.as_ref()) {
        Some(place) => selection::written(place, written, ground.roles, ground.nodes, diagnostics),
        None => selection::of_catalog(&definition.place, ground.nodes, ground.vips),
    }
}

/// A component while what the plan says of it in pools and on nodes is laid upon what it says everywhere.
struct Placing<'a> {
    definition: &'a Definition,
    additions: &'a Additions,
    nodes: &'a Nodes<'a>,
    misread: bool,
    configs: Vec<Arc<Config>>,
}

impl Placing<'_> {
    /// `[pool.NAME.component.NAME]`: by pool, the configuration there and whether the component stays.
    fn pools<'w>(
        &mut self,
        written: Written<'w>,
        base: &Config,
        enabled: bool,
        selection: &Selection,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<&'w str, (Arc<Config>, bool)> {
        let mut pools = BTreeMap::new();
        for (pool, of_pool) in &written.document.pools {
            let Some(layer) = table(&of_pool.components, &self.definition.name) else { continue };
            not_a_place(layer, diagnostics);
            let mut nodes = self.nodes.of_pool(&pool.value).peekable();
            let in_doubt = self.misread
                || !self.nodes.has_whole_pool(&pool.value)
                || nodes.peek().is_some_and(|node| !self.nodes.knows_roles(*node));
            if !in_doubt && !nodes.any(|node| selection.nodes.binary_search(&node).is_ok()) {
                diagnostics.push(self.elsewhere(&format!("pool `{}`", pool.value), layer));
            }
            let config = self.layered(layer, base, diagnostics);
            let stays = layer.enabled.as_ref().map_or(enabled, |enabled| enabled.value);
            pools.insert(pool.value.as_str(), (config, stays));
        }
        pools
    }

    /// `[node.NAME.component.NAME]`
    fn nodes(
        &mut self,
        written: Written<'_>,
        base: &Config,
        instances: &mut [(Instance, bool)],
        diagnostics: &mut Diagnostics,
    ) {
        for (node, of_node) in &written.document.nodes {
            let Some(layer) = table(&of_node.components, &self.definition.name) else { continue };
            not_a_place(layer, diagnostics);
            let index = self.nodes.named(&node.value).found();
            // Instances are in the order of nodes.
            let at = index.and_then(|index| instances.binary_search_by_key(&index, |(of, _)| of.node).ok());
            let Some((instance, stays)) = at.map(|at| &mut instances[at]) else {
                match self.misread || index.is_none_or(|index| !self.nodes.knows_roles(index)) {
                    // Its mistakes are reported all the same.
                    true => _ = self.layered(layer, base, diagnostics),
                    false => diagnostics.push(self.elsewhere(&format!("node `{}`", node.value), layer)),
                }
                continue;
            };
            instance.config = self.layered(layer, &instance.config.clone(), diagnostics);
            *stays = layer.enabled.as_ref().map_or(*stays, |enabled| enabled.value);
        }
    }

    fn layered(&mut self, layer: &Table, base: &Config, diagnostics: &mut Diagnostics) -> Arc<Config> {
        let config = config::layered(self.definition, &[layer], base, self.additions, diagnostics);
        let config = Arc::new(config);
        self.configs.push(config.clone());
        config
    }

    fn elsewhere(&self, whom: &str, layer: &Table) -> Diagnostic {
        let message = format!("`{}` is not on {whom}", self.definition.name);
        let help = "give it a role that the component selects, or leave the table out";
        Diagnostic::new(Code::BadValue, message).at(layer.span, "").help(help)
    }
}

/// Where a component stands is said once, for the whole cluster.
fn not_a_place(layer: &Table, diagnostics: &mut Diagnostics) {
    if let Some(text) = layer.place.as_ref().and_then(|place| place.first()) {
        let message = "`place` belongs to the component's own table";
        let help = "here, remove the component with `enabled = false`";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
    }
}

/// Warns of members that vote in an even number.
pub(super) fn even(components: &[Placed], nodes: &Nodes<'_>, diagnostics: &mut Diagnostics) {
    for Placed { component, .. } in components.iter().filter(|placed| placed.whole) {
        let Component { definition, instances } = component;
        if !definition.quorum || instances.is_empty() || !instances.len().is_multiple_of(2) {
            continue;
        }
        let message =
            format!("`{}` has {} voting instances, an even number", definition.name, instances.len());
        let mut diagnostic = Diagnostic::new(Code::EvenMembers, message).help(format!(
            "an odd number of them, such as {}, tolerates as many failures",
            instances.len() - 1
        ));
        for instance in instances.iter().take(6) {
            diagnostic = diagnostic.at(nodes.list[instance.node].origin, "");
        }
        diagnostics.push(diagnostic);
    }
}
