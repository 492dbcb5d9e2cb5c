//! The input of this stage: the plan, and its profile as the source of defaults.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::{Catalog, Definition};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Document;
use crate::read::catalog::ProfileDocument;
use crate::read::plan::{ComponentTable, Named};

/// The inputs of the stage. Nothing of it changes while the plan is resolved.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) document: &'a Document,
    pub(super) catalog: &'a Catalog,
    pub(super) profile: Profile<'a>,
}

/// The profile of a plan.
#[derive(Clone, Copy)]
pub(super) enum Profile<'a> {
    /// The plan names none.
    Absent,
    /// The one that the plan names.
    Known(&'a ProfileDocument),
    /// The plan names one that does not exist or cannot be read. That has been reported, and nothing that the
    /// profile might have brought is missing.
    Poisoned,
}

impl<'a> Written<'a> {
    pub(super) fn new(document: &'a Document, catalog: &'a Catalog, diagnostics: &mut Diagnostics) -> Self {
        Self { document, catalog, profile: Profile::find(document, catalog, diagnostics) }
    }

    /// The components that the plan has, those of the profile first. If that could not be read, it may have
    /// brought those that only pools and nodes speak of.
    pub(super) fn components(self) -> impl Iterator<Item = &'a Arc<Definition>> {
        let document = self.document;
        let of_profile = self.profile.known().into_iter().flat_map(|profile| &profile.components);
        let of_plan = document.components.iter().map(|(name, _)| name);
        let pools = document.pools.iter().flat_map(|(_, pool)| &pool.components);
        let nodes = document.nodes.iter().flat_map(|(_, node)| &node.components);
        let elsewhere = pools.chain(nodes).map(|(name, _)| name).filter(move |_| self.profile.is_poisoned());
        let mut seen = BTreeSet::new();
        let names = of_profile.chain(of_plan).chain(elsewhere).map(|name| name.value.as_str());
        let names = names.filter(move |name| seen.insert(*name));
        names.filter_map(move |name| self.catalog.components.get(name))
    }

    /// What profile and plan say of a component wherever it runs, the later wins.
    pub(super) fn component_layers(self, component: &str) -> Vec<&'a ComponentTable> {
        let of_profile = self.profile.known().and_then(|known| table(&known.component_defaults, component));
        of_profile.into_iter().chain(table(&self.document.components, component)).collect()
    }

    /// The same with what the plan says for pools and nodes.
    pub(super) fn all_component_layers(self, component: &str) -> impl Iterator<Item = &'a ComponentTable> {
        self.named_component_layers(component).map(|(_, table)| table)
    }

    /// The same, each with what its table's name begins with: nothing, `pool.NAME.` or `node.NAME.`.
    pub(super) fn named_component_layers(
        self,
        component: &str,
    ) -> impl Iterator<Item = (String, &'a ComponentTable)> {
        let pools = self.document.pools.iter().filter_map(move |(name, pool)| {
            Some((format!("pool.{}.", name.value), table(&pool.components, component)?))
        });
        let nodes = self.document.nodes.iter().filter_map(move |(name, node)| {
            Some((format!("node.{}.", name.value), table(&node.components, component)?))
        });
        let own = self.component_layers(component).into_iter().map(|table| (String::new(), table));
        own.chain(pools).chain(nodes)
    }
}

impl<'a> Profile<'a> {
    fn find(document: &Document, catalog: &'a Catalog, diagnostics: &mut Diagnostics) -> Self {
        let Some(cluster) = &document.cluster else { return Profile::Absent };
        let Some(name) = &cluster.profile else {
            return if cluster.unread.may_hold("profile") { Profile::Poisoned } else { Profile::Absent };
        };
        if let Some(profile) = catalog.profiles.get(&name.value) {
            return Profile::Known(profile);
        }
        let help = did_you_mean(&name.value, catalog.profiles.keys().map(String::as_str));
        let message = format!("there is no profile `{}`", name.value);
        diagnostics.push(Diagnostic::new(Code::UnknownProfile, message).at(name.span, "").maybe_help(help));
        Profile::Poisoned
    }

    pub(super) fn known(self) -> Option<&'a ProfileDocument> {
        if let Profile::Known(profile) = self { Some(profile) } else { None }
    }

    pub(super) fn is_poisoned(self) -> bool {
        matches!(self, Profile::Poisoned)
    }
}

/// The table of that name.
pub(super) fn table<'t, T>(tables: &'t Named<T>, name: &str) -> Option<&'t T> {
    tables.iter().find(|(known, _)| known.value == name).map(|(_, table)| table)
}

/// `COMPONENT.LISTEN`
pub(super) fn split(to: &str) -> Option<(Arc<str>, Arc<str>)> {
    let (component, listen) = to.split_once('.')?;
    Some((component.into(), listen.into()))
}
