//! Merges the layers of a component's configuration.
//!
//! The most specific layer wins: catalog, profile, cluster, pool, node.

use std::collections::BTreeMap;

use super::bundles::Additions;
use super::model::{Cluster, Config, Sourced};
use super::parse::parsed;
use super::{flags, run, settings};
use crate::catalog::{Definition, Run};
use crate::diagnostics::{Code, Diagnostics};
use crate::read::plan::ComponentTable as Table;
use crate::source::Spanned;
use crate::values::{AlternativeName, Version};

/// The version before any layer; none where neither catalog nor cluster says one.
pub(super) fn version(definition: &Definition, cluster: &Cluster) -> Option<Sourced<Version>> {
    let of_cluster = cluster.version.as_ref().map_or(Version::new(0, 0, None), |of| of.value.clone());
    let own = definition.version.as_ref().and_then(|own| Some((own.value.at(&of_cluster)?, own.span)));
    let own = own.map(|(version, span)| Sourced::at(version.clone(), span));
    own.or_else(|| cluster.version.clone())
}

/// Before any layer of plan or profile.
pub(super) fn of_catalog(definition: &Definition, cluster: &Cluster) -> Config {
    // The cluster's way is for those that know it.
    let ways = [cluster.run.value, Run::Systemd, Run::StaticPod];
    let run = ways.into_iter().find(|run| definition.runs_as(*run)).unwrap_or(Run::Systemd);
    Config {
        version: version(definition, cluster).unwrap_or_else(Sourced::poisoned),
        run: Sourced { value: run, origin: cluster.run.origin },
        settings: vec![None; definition.settings.len()],
        names: Vec::new(),
        imported: BTreeMap::new(),
        bundles: Vec::new(),
        flags: Vec::new(),
    }
}

/// What `layers` say on top of `base`.
pub(super) fn layered(
    definition: &Definition,
    layers: &[&Table],
    base: &Config,
    additions: &Additions,
    diagnostics: &mut Diagnostics,
) -> Config {
    let mut config = base.clone();
    for layer in layers {
        if let Some(text) = &layer.version {
            let version = parsed(text, Code::BadVersion, diagnostics);
            config.version =
                version.map_or_else(Sourced::poisoned, |version| Sourced::at(version, text.span));
        } else if layer.unread.holds("version") {
            config.version = Sourced::poisoned();
        }
        if let Some(run) = run::run(layer.run.as_ref(), diagnostics) {
            run::check(definition, &run, diagnostics);
            config.run = run;
        }
        for name in &layer.names_add {
            if let Some(parsed) = parsed::<AlternativeName>(name, Code::BadDnsName, diagnostics) {
                config.names.push(Spanned::new(parsed, name.span));
            }
        }
        config.bundles.extend(additions.of(layer));
        config.imported.extend(additions.imported(layer));
        for (name, value) in &layer.settings {
            settings::set(definition, name, value, &mut config, diagnostics);
        }
    }
    flags::inherited(definition, layers, base, &config, diagnostics);
    for layer in layers {
        flags::change(definition, layer, &mut config, diagnostics);
    }
    config
}
