//! From what was written to what is meant.
//!
//! Names become indices, texts become values, pools become nodes, defaults become explicit, and the
//! rules that need no component's files are checked. A thing that could not be resolved stays known by
//! name, so that one mistake gives one message.

mod authorities;
mod cluster;
mod components;
mod constraints;
mod external;
mod flags;
mod foreign;
mod imported;
mod keyring;
mod keyrings;
mod lifetimes;
mod model;
mod networks;
mod nodes;
mod people;
mod pools;
mod running;
mod secrets;
mod separate;
mod settings;
mod skew;
mod vips;

pub use constraints::Constraints;
pub use external::External;
pub use foreign::{Addition, Foreign, Public, Reach, Trusted, Unusable};
pub(crate) use imported::EXTERNAL;
pub use imported::{ImportedAuthority, ImportedKey};
pub use keyring::{BootstrapToken, Keyring, KeyringKind, StaticToken};
pub use model::{
    Authority, Certificate, CertificateFiles, Change, Cluster, Component, Config, Endpoint, FlagChange,
    Generations, Instance, Model, Node, Sourced, User, Vip,
};

pub use secrets::DeclaredSecret;

pub(crate) use people::{check_path, path_escapes};

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Document;
use crate::read::catalog::ProfileDocument;
use crate::read::plan::Text;
use crate::source::Span;
use crate::stored::Stored;
use crate::values::{Invalid, SecretName, Selector, Version};

/// What stands around a plan.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The certificates of imported generations, by their ids.
    pub stored: &'a BTreeMap<String, Arc<Stored>>,
    /// The public sides of other plans, by the name of the import; none where something is wrong with one.
    pub imports: &'a BTreeMap<String, Option<Public>>,
}

/// Resolves a plan. The model is whole only if no error was pushed.
pub fn resolve(
    document: &Document,
    catalog: &Catalog,
    around: &Around<'_>,
    diagnostics: &mut Diagnostics,
) -> Model {
    let profile = cluster::profile(document, catalog, diagnostics);
    let mut resolver = Resolver {
        document,
        catalog,
        stored: around.stored,
        imports: around.imports,
        profile,
        diagnostics,
        roles: BTreeSet::new(),
        node_index: BTreeMap::new(),
        unusable_nodes: BTreeSet::new(),
        by_role: BTreeMap::new(),
        versions: BTreeMap::new(),
        told_flags: BTreeSet::new(),
        secrets: BTreeMap::new(),
        used_secrets: BTreeSet::new(),
        unknown_secrets: BTreeSet::new(),
        own_authorities: BTreeMap::new(),
        foreign: Vec::new(),
        told_foreign: BTreeSet::new(),
    };
    resolver.format();
    resolver.collect_roles();
    let mut model = Model::default();
    resolver.secrets();
    resolver.nodes(&mut model);
    resolver.vips(&mut model);
    resolver.cluster(&mut model);
    resolver.networks(&model);
    resolver.authorities(&mut model);
    resolver.check_imports();
    resolver.keyrings(&mut model);
    resolver.components(&mut model);
    resolver.externals(&mut model);
    resolver.runners(&model);
    resolver.behind_vips(&model);
    resolver.report_versions();
    resolver.skews(&model);
    resolver.purposes(&mut model);
    resolver.users(&mut model);
    resolver.certificates(&mut model);
    model.foreign = std::mem::take(&mut resolver.foreign);
    resolver.separate(&model);
    resolver.wide_trust(&model);
    resolver.nothing_to_stand_on();
    resolver.settle_secrets(&mut model);
    resolver.unused_roles();
    model
}

/// A version, and the components that do not know it.
type Refused = (Version, BTreeSet<Arc<str>>);

/// What all parts of the stage need.
struct Resolver<'a> {
    document: &'a Document,
    catalog: &'a Catalog,
    stored: &'a BTreeMap<String, Arc<Stored>>,
    imports: &'a BTreeMap<String, Option<Public>>,
    profile: Option<&'a ProfileDocument>,
    diagnostics: &'a mut Diagnostics,
    roles: BTreeSet<&'a str>,
    node_index: BTreeMap<String, usize>,
    /// Nodes that are in the plan but not in the model.
    unusable_nodes: BTreeSet<String>,
    by_role: BTreeMap<Arc<str>, Vec<usize>>,
    /// Components whose definition or flag table does not know the version that was asked for.
    versions: BTreeMap<(Span, Code), Refused>,
    /// Flags that a version takes over and does not know: told once for all nodes that have it.
    told_flags: BTreeSet<(Span, Span)>,
    secrets: BTreeMap<SecretName, DeclaredSecret>,
    used_secrets: BTreeSet<SecretName>,
    /// Where a secret is named that does not exist.
    unknown_secrets: BTreeSet<Span>,
    /// The plan's authorities by name, each with the root above it.
    own_authorities: BTreeMap<Arc<str>, (usize, usize)>,
    /// Authorities of other plans that were asked for.
    foreign: Vec<Foreign>,
    /// The same by name, with those that cannot be taken.
    told_foreign: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn parsed<T: FromStr<Err = Invalid>>(&mut self, text: &Text, code: Code) -> Option<T> {
        match text.value.parse() {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.invalid(&invalid, text.span, code);
                None
            }
        }
    }

    fn invalid(&mut self, invalid: &Invalid, span: Span, code: Code) {
        self.push(
            Diagnostic::new(code, invalid.message.clone()).at(span, "").maybe_help(invalid.help.clone()),
        );
    }

    fn parsed_all<T: FromStr<Err = Invalid>>(&mut self, texts: Option<&Vec<Text>>, code: Code) -> Vec<T> {
        texts.into_iter().flatten().filter_map(|text| self.parsed(text, code)).collect()
    }

    fn unknown<'k>(&mut self, code: Code, what: &str, text: &Text, known: impl IntoIterator<Item = &'k str>) {
        let message = format!("there is no {what} `{}`", text.value);
        let known: Vec<&str> = known.into_iter().collect();
        let none = known.is_empty().then(|| "the plan has none".to_owned());
        let help = none.or_else(|| did_you_mean(&text.value, known));
        self.push(Diagnostic::new(code, message).at(text.span, "").maybe_help(help));
    }

    fn format(&mut self) {
        if let Some(format) = &self.document.format
            && format.value != 1
        {
            let message = format!("format {} is not one that this pkiplan reads", format.value);
            self.push(
                Diagnostic::new(Code::UnsupportedFormat, message)
                    .at(format.span, "")
                    .help("write `format = 1`"),
            );
        }
    }

    fn collect_roles(&mut self) {
        let of_profile = self.profile.into_iter().flat_map(|profile| &profile.roles);
        let of_plan = self.document.cluster.iter().filter_map(|c| c.roles.as_ref()).flatten();
        self.roles = of_profile.chain(of_plan).map(|role| role.value.as_str()).collect();
    }

    /// A profile without a single node.
    fn nothing_to_stand_on(&mut self) {
        let document = self.document;
        let Some(profile) = document.cluster.as_ref().and_then(|cluster| cluster.profile.as_ref()) else {
            return;
        };
        if self.profile.is_some() && document.nodes.is_empty() && document.pools.is_empty() {
            let message = format!("the components of profile `{}` have no node to stand on", profile.value);
            let help = "add `[node.NAME]` or `[pool.NAME]`, or leave `profile` out";
            self.push(Diagnostic::new(Code::NoNodes, message).at(profile.span, "").help(help));
        }
    }

    /// Roles of `cluster.roles` that nothing selects.
    fn unused_roles(&mut self) {
        let document = self.document;
        let of_plan = document.cluster.iter().filter_map(|cluster| cluster.roles.as_ref()).flatten();
        let nodes = document.nodes.iter().flat_map(|(_, node)| &node.components);
        let pools = document.pools.iter().flat_map(|(_, pool)| &pool.components);
        let places = document.components.iter().chain(nodes).chain(pools);
        let written = places.filter_map(|(_, component)| component.place.as_ref());
        let written = written.chain(document.vips.iter().filter_map(|(_, vip)| vip.nodes.as_ref()));
        let written = written.chain(document.certificates.iter().filter_map(|(_, c)| c.nodes.as_ref()));
        let mut selected: BTreeSet<&str> =
            written.flatten().filter_map(|text| text.value.strip_prefix("role:")).collect();
        for selector in self.catalog.components.values().flat_map(|definition| &definition.place) {
            if let Selector::Role(name) = selector {
                selected.insert(name.as_str());
            }
        }
        let unused: Vec<&Text> = of_plan.filter(|role| !selected.contains(role.value.as_str())).collect();
        for role in unused {
            let message = format!("nothing selects the role `{}`", role.value);
            let help =
                format!("select it, for example with `place = \"role:{}\"`, or leave it out", role.value);
            self.push(Diagnostic::new(Code::UnusedRole, message).at(role.span, "").help(help));
        }
    }

    /// The nodes that selectors of the plan name; what they name wrongly is reported.
    fn select_written(&mut self, texts: &[Text], model: &Model) -> Vec<usize> {
        let mut nodes = BTreeSet::new();
        for text in texts {
            if let Some(selector) = self.parsed::<Selector>(text, Code::BadSelector) {
                self.check_selector(&selector, text);
                nodes.extend(self.select(&selector, model));
            }
        }
        nodes.into_iter().collect()
    }

    fn check_selector(&mut self, selector: &Selector, text: &Text) {
        let renamed = |name: &str| Text { value: name.to_owned(), span: text.span };
        match selector {
            Selector::Node(name) if !self.knows_node(name.as_str()) => {
                let known: Vec<String> = self.node_index.keys().cloned().collect();
                self.unknown(
                    Code::UnknownNode,
                    "node",
                    &renamed(name.as_str()),
                    known.iter().map(String::as_str),
                );
            }
            Selector::Pool(name)
                if !self.document.pools.iter().any(|(pool, _)| pool.value == name.as_str()) =>
            {
                let known = self.document.pools.iter().map(|(pool, _)| pool.value.as_str());
                self.unknown(Code::UnknownPool, "pool", &renamed(name.as_str()), known);
            }
            Selector::Role(name) if !self.roles.contains(name.as_str()) && !self.profile_is_unknown() => {
                let known: Vec<&str> = self.roles.iter().copied().collect();
                self.unknown(Code::UnknownRole, "role", &renamed(name.as_str()), known);
            }
            Selector::Vip(_) => {
                let message = "`vip:` selects nodes for components of the catalog only";
                let help = "write the selector that the VIP itself has";
                self.push(Diagnostic::new(Code::BadSelector, message).at(text.span, "").help(help));
            }
            _ => {}
        }
    }

    fn knows_node(&self, name: &str) -> bool {
        self.node_index.contains_key(name) || self.unusable_nodes.contains(name) || !self.document.whole
    }

    fn select(&self, selector: &Selector, model: &Model) -> Vec<usize> {
        match selector {
            Selector::All => (0..model.nodes.len()).collect(),
            Selector::Node(name) => self.node_index.get(name.as_str()).copied().into_iter().collect(),
            Selector::Pool(name) => (0..model.nodes.len())
                .filter(|&i| model.nodes[i].pool.as_deref() == Some(name.as_str()))
                .collect(),
            Selector::Role(name) => self.by_role.get(name.as_str()).cloned().unwrap_or_default(),
            Selector::Vip(served_by) => {
                let served = model.vips.iter().filter(|vip| *vip.served_by == **served_by);
                served.flat_map(|vip| vip.nodes.iter().copied()).collect()
            }
        }
    }
}
