//! Components: where they stand and what each layer says of them.
//!
//! The most specific layer wins: catalog, profile, cluster, pool, node.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Cluster, Component, Config, Instance, Model, Resolver, Sourced};
use crate::catalog::{Definition, Run};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{Component as Written, Named, Text};
use crate::source::Spanned;
use crate::values::{AlternativeName, Version};

impl<'a> Resolver<'a> {
    pub(super) fn components(&mut self, model: &mut Model) {
        self.unknown_components();
        if model.cluster.is_none() {
            return;
        }
        let document = self.document;
        let of_profile = self.profile.into_iter().flat_map(|p| &p.components).map(|name| name.value.as_str());
        let of_plan = document.components.iter().map(|(name, _)| name.value.as_str());
        let mut seen = BTreeSet::new();
        for name in of_profile.chain(of_plan) {
            if let Some(definition) = self.catalog.components.get(name)
                && seen.insert(name)
            {
                self.component(&definition.clone(), model);
            }
        }
    }

    fn unknown_components(&mut self) {
        let document = self.document;
        let nodes = document.nodes.iter().flat_map(|(_, node)| &node.components);
        let pools = document.pools.iter().flat_map(|(_, pool)| &pool.components);
        let all: Vec<&Text> =
            document.components.iter().chain(nodes).chain(pools).map(|(name, _)| name).collect();
        for name in all {
            if !self.catalog.components.contains_key(&name.value) {
                let known = self.catalog.components.keys().map(String::as_str);
                self.unknown(Code::UnknownComponent, "component", name, known);
            }
        }
    }

    fn component(&mut self, definition: &Arc<Definition>, model: &mut Model) {
        let document = self.document;
        let name = &*definition.name;
        let of_profile = self.profile.and_then(|profile| table(&profile.component_defaults, name));
        let of_plan = table(&document.components, name);
        let layers: Vec<&'a Written> = [of_profile, of_plan].into_iter().flatten().collect();
        let enabled = |layers: &[&Written]| {
            layers.iter().rev().find_map(|layer| layer.enabled.as_ref()).is_none_or(|enabled| enabled.value)
        };
        let Some(cluster) = &model.cluster else { return };
        let layered = layers.iter().any(|layer| layer.version.is_some());
        let Some(initial) = Config::initial(definition, cluster, layered) else {
            let written = document.cluster.as_ref();
            if let Some(written) = written.filter(|written| written.version.is_none()) {
                self.missing(written, "version");
            }
            return;
        };
        if !layered {
            self.version(definition, &initial);
        }
        let base = Arc::new(self.config(definition, &layers, &initial));
        let placed = self.placed(definition, &layers, model);
        let mut pools: BTreeMap<&str, (Arc<Config>, bool)> = BTreeMap::new();
        for (pool, written) in &document.pools {
            if let Some(layer) = table(&written.components, name) {
                self.not_a_place(layer);
                let carries = model.nodes.iter().enumerate().any(|(i, node)| {
                    node.pool.as_deref() == Some(pool.value.as_str()) && placed.contains(&i)
                });
                if !carries {
                    self.stands_elsewhere(definition, &format!("pool `{}`", pool.value), layer);
                }
                let config = self.config(definition, &[layer], &base);
                pools.insert(&pool.value, (Arc::new(config), enabled(&[&layers[..], &[layer]].concat())));
            }
        }
        let mut instances = Vec::new();
        for node in placed {
            let (mut config, mut stays) = (base.clone(), enabled(&layers));
            if let Some((of_pool, enabled)) =
                model.nodes[node].pool.as_deref().and_then(|pool| pools.get(pool))
            {
                (config, stays) = (of_pool.clone(), *enabled);
            }
            instances.push((Instance { node, config }, stays));
        }
        self.node_layers(definition, &mut instances);
        let instances: Vec<_> = instances.into_iter().filter_map(|(i, stays)| stays.then_some(i)).collect();
        // Where something is wrong already, nodes may be absent that are meant.
        if definition.quorum
            && !self.diagnostics.has_errors()
            && !instances.is_empty()
            && instances.len().is_multiple_of(2)
        {
            self.even(definition, &instances, model);
        }
        model.components.push(Component { definition: definition.clone(), instances });
    }

    /// `[node.NAME.component.NAME]`
    fn node_layers(&mut self, definition: &Arc<Definition>, instances: &mut [(Instance, bool)]) {
        let document = self.document;
        for (node, written) in &document.nodes {
            let Some(layer) = table(&written.components, &definition.name) else { continue };
            let Some(&index) = self.node_index.get(&node.value) else { continue };
            let Some((instance, stays)) = instances.iter_mut().find(|(instance, _)| instance.node == index)
            else {
                self.stands_elsewhere(definition, &format!("node `{}`", node.value), layer);
                continue;
            };
            self.not_a_place(layer);
            let base = instance.config.clone();
            instance.config = Arc::new(self.config(definition, &[layer], &base));
            *stays = layer.enabled.as_ref().map_or(*stays, |enabled| enabled.value);
        }
    }

    fn stands_elsewhere(&mut self, definition: &Definition, whom: &str, layer: &Written) {
        let message = format!("`{}` does not stand on {whom}", definition.name);
        let help = "give it a role that the component selects, or leave the table out";
        self.push(Diagnostic::new(Code::BadValue, message).at(layer.span, "").help(help));
    }

    /// Where a component stands is said once, for the whole cluster.
    fn not_a_place(&mut self, layer: &Written) {
        if let Some(text) = layer.place.as_ref().and_then(|place| place.first()) {
            let message = "`place` belongs to the component's own table";
            let help = "here, `enabled = false` takes the component away";
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        }
    }

    fn placed(&mut self, definition: &Definition, layers: &[&Written], model: &Model) -> Vec<usize> {
        if let Some(place) = layers.iter().rev().find_map(|layer| layer.place.as_ref()) {
            return self.select_written(place, model);
        }
        let mut nodes: Vec<usize> =
            definition.place.iter().flat_map(|selector| self.select(selector, model)).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    fn even(&mut self, definition: &Definition, instances: &[Instance], model: &Model) {
        let message = format!("{} instances of `{}` vote: an even number", instances.len(), definition.name);
        let mut diagnostic = Diagnostic::new(Code::EvenMembers, message)
            .help(format!("{} tolerate as many failures", instances.len() - 1));
        for instance in instances.iter().take(6) {
            diagnostic = diagnostic.at(model.nodes[instance.node].origin, "");
        }
        self.push(diagnostic);
    }

    /// What `layers` say on top of `base`.
    fn config(&mut self, definition: &Definition, layers: &[&Written], base: &Config) -> Config {
        let mut config = base.clone();
        for layer in layers {
            if let Some(text) = &layer.version
                && let Some(version) = self.parsed(text, Code::BadVersion)
            {
                config.version = Sourced::at(version, text.span);
            }
            if let Some(run) = self.run(layer.run.as_ref()) {
                self.runs_as(definition, &run);
                config.run = run;
            }
            for name in &layer.names_add {
                if let Some(parsed) = self.parsed::<AlternativeName>(name, Code::BadDnsName) {
                    config.names.push(Spanned::new(parsed, name.span));
                }
            }
            config.bundles.extend(self.additions(definition, layer));
            for (name, value) in &layer.settings {
                self.setting(definition, name, value, &mut config);
            }
        }
        if layers.iter().any(|layer| layer.version.is_some()) {
            self.version(definition, &config);
            self.inherited_flags(definition, layers, base, &config);
        }
        for layer in layers {
            self.flag_changes(definition, layer, &mut config);
        }
        config
    }

    /// Notes a version that the catalog does not know; told once for all components that take it.
    fn version(&mut self, definition: &Definition, config: &Config) {
        // A version without a place stands in for one that has been reported.
        let Some(span) = config.version.origin else { return };
        let version = &config.version.value;
        let flags_unknown = definition.flag_table.as_ref().is_some_and(|t| !t.covers.contains(version));
        let code = match definition.versions.contains(version) {
            false => Code::VersionOutOfRange,
            true if flags_unknown => Code::UnknownVersion,
            true => return,
        };
        let refused = self.versions.entry((span, code));
        let (_, components) = refused.or_insert_with(|| (version.clone(), BTreeSet::new()));
        components.insert(definition.name.clone());
    }

    pub(super) fn report_versions(&mut self) {
        for ((span, code), (version, components)) in std::mem::take(&mut self.versions) {
            let names: Vec<String> = components.iter().map(|name| format!("`{name}`")).collect();
            let names = names.join(", ");
            let diagnostic = if code == Code::VersionOutOfRange {
                let message =
                    format!("the catalog's definition of {names} is not written for version {version}");
                let ranges = components.iter().filter_map(|name| self.catalog.components.get(&**name));
                let ranges: BTreeSet<String> = ranges.map(|known| known.versions.to_string()).collect();
                let ranges: Vec<String> = ranges.into_iter().collect();
                Diagnostic::new(code, message).help(format!("it knows {}", ranges.join(" and ")))
            } else {
                let message =
                    format!("the flags of {names} {version} are not known, so they are not checked");
                let help =
                    "the trees are complete; look at the program's own list of flags before you use them";
                Diagnostic::new(code, message).help(help)
            };
            self.push(diagnostic.at(span, ""));
        }
    }

    /// Which authority serves which purpose, for all purposes that something asks for.
    pub(super) fn purposes(&mut self, model: &mut Model) {
        let document = self.document;
        let mut purposes: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for (index, authority) in model.authorities.iter().enumerate() {
            for purpose in &authority.serves {
                if let Some(&earlier) = purposes.get(purpose) {
                    let message = format!("two authorities serve `{purpose}`");
                    let earlier = model.authorities[earlier].origin;
                    let diagnostic = Diagnostic::new(Code::PurposeServedTwice, message);
                    self.diagnostics.push(
                        diagnostic
                            .at(authority.origin, "this one")
                            .at(earlier, "and this one")
                            .help("leave the purpose out of one `serves`"),
                    );
                }
                purposes.insert(purpose.clone(), index);
            }
        }
        let active = model.components.iter().filter(|component| !component.instances.is_empty());
        let wanted: BTreeSet<Arc<str>> = active.flat_map(|c| c.definition.purposes.iter().cloned()).collect();
        if model.cluster.is_some() {
            self.unasked(&wanted);
        }
        let circles =
            !document.authorities.is_empty() && model.authorities.len() < document.authorities.len();
        for component in model.components.iter().filter(|component| !component.instances.is_empty()) {
            for purpose in &component.definition.purposes {
                if !purposes.contains_key(purpose) && !circles && self.diagnostics.errors() == 0 {
                    let message = format!(
                        "no authority serves `{purpose}`, which `{}` asks for",
                        component.definition.name
                    );
                    let help =
                        format!("add `[authority.{purpose}]`, or `serves = [\"{purpose}\"]` to another");
                    let diagnostic = Diagnostic::new(Code::UnknownAuthority, message).help(help);
                    self.diagnostics.push(diagnostic.at(component.definition.span, "this component"));
                }
            }
        }
        model.users_purpose = self
            .profile
            .and_then(|profile| profile.users_authority.as_ref())
            .map(|text| text.value.as_str().into());
        model.purposes = purposes;
    }

    fn unasked(&mut self, wanted: &BTreeSet<Arc<str>>) {
        let of_profile = self.profile.into_iter().flat_map(|profile| &profile.authorities);
        let mut known: BTreeSet<String> = of_profile.map(|(name, _)| name.value.clone()).collect();
        known.extend(wanted.iter().map(ToString::to_string));
        for (name, table) in &self.document.authorities {
            for purpose in table.serves.iter().flatten() {
                if !known.contains(&purpose.value) && purpose.value != name.value {
                    self.unknown(Code::UnknownPurpose, "purpose", purpose, known.iter().map(String::as_str));
                }
            }
        }
    }
}

impl Config {
    /// Before any layer of plan or profile; none where nothing says a version, not even a layer to come.
    fn initial(definition: &Definition, cluster: &Cluster, layered: bool) -> Option<Self> {
        let of_cluster = cluster.version.as_ref().map_or(Version::new(0, 0, None), |of| of.value.clone());
        let own = definition.version.as_ref().and_then(|own| Some((own.value.at(&of_cluster)?, own.span)));
        let own = own.map(|(version, span)| Sourced::at(version.clone(), span));
        let to_come = layered.then(|| Sourced::default(Version::new(0, 0, None)));
        let version = own.or_else(|| cluster.version.clone()).or(to_come)?;
        // The cluster's way is for those that know it.
        let ways = [cluster.run.value, Run::Systemd, Run::StaticPod];
        let value = ways.into_iter().find(|run| definition.runs_as(*run)).unwrap_or(Run::Systemd);
        let run = Sourced { value, origin: cluster.run.origin };
        Some(Self {
            version,
            run,
            settings: vec![None; definition.settings.len()],
            names: Vec::new(),
            bundles: Vec::new(),
            flags: Vec::new(),
        })
    }
}

fn table<'t, T>(tables: &'t Named<T>, name: &str) -> Option<&'t T> {
    tables.iter().find(|(known, _)| known.value == name).map(|(_, table)| table)
}
