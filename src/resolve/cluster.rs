//! `[cluster]`: profile, layout, version, endpoint.

use super::{Cluster, Endpoint, Model, Resolver, Sourced};
use crate::catalog::{Catalog, Run};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Document;
use crate::read::catalog::ProfileDocument;
use crate::read::plan::{Cluster as Written, Text};
use crate::source::Spanned;
use crate::values::{Name, Version};

/// The profile that the plan names, if it names one that exists.
pub(super) fn profile<'a>(
    document: &Document,
    catalog: &'a Catalog,
    diagnostics: &mut Diagnostics,
) -> Option<&'a ProfileDocument> {
    let name = document.cluster.as_ref()?.profile.as_ref()?;
    let profile = catalog.profiles.get(&name.value);
    if profile.is_none() {
        let help = did_you_mean(&name.value, catalog.profiles.keys().map(String::as_str));
        let message = format!("there is no profile `{}`", name.value);
        diagnostics.push(Diagnostic::new(Code::UnknownProfile, message).at(name.span, "").maybe_help(help));
    }
    profile
}

impl Resolver<'_> {
    pub(super) fn cluster(&mut self, model: &mut Model) {
        let document = self.document;
        let Some(written) = &document.cluster else { return };
        let name = written.name.as_ref().and_then(|name| self.parsed::<Name>(name, Code::BadName));
        let name = name.map(|name| name.shared()).unwrap_or_default();
        // An absent or bad one has been reported: the others of the plan's mistakes are still looked for.
        let unknown = || Sourced::default(Version::new(0, 0, None));
        let poisoned = written.version.as_ref().map(|_| unknown());
        let version = self.version_of_cluster(written).or(poisoned);
        let domain = written
            .domain
            .as_ref()
            .and_then(|text| Some(Sourced::at(self.parsed(text, Code::BadDnsName)?, text.span)))
            .or_else(|| "cluster.local".parse().ok().map(Sourced::default));
        let layout = self.layout(written);
        let run = self.run(written.run.as_ref()).unwrap_or_else(|| Sourced::default(Run::Systemd));
        let service_cidrs = self.cidrs(written.service_cidrs.as_ref());
        let pod_cidrs = self.cidrs(written.pod_cidrs.as_ref());
        let endpoint = written.endpoint.as_ref().and_then(|text| self.endpoint(text, model));
        let endpoint_by_name = self.endpoint_by_name(written.endpoint_by.as_ref());
        let Some(domain) = domain else { return };
        let cluster = Cluster {
            name: Sourced { value: name, origin: written.name.as_ref().map(|name| name.span) },
            profile: text_or(written.profile.as_ref(), ""),
            layout,
            run,
            version,
            domain,
            service_cidrs,
            pod_cidrs,
            endpoint,
            endpoint_by_name,
            endpoint_to: self.profile.and_then(|p| p.endpoint.as_ref()).and_then(|to| split(&to.value)),
        };
        model.cluster = Some(cluster);
    }

    fn version_of_cluster(&mut self, written: &Written) -> Option<Sourced<Version>> {
        let of_profile = self.profile.and_then(|profile| profile.version.as_ref());
        let text = written.version.as_ref().or(of_profile)?;
        Some(Sourced::at(self.parsed(text, Code::BadVersion)?, text.span))
    }

    /// A key that no profile fills in; a profile that does not exist has been reported.
    pub(super) fn missing(&mut self, written: &Written, key: &str) {
        if written.whole && (written.profile.is_none() || self.profile.is_some()) {
            let message = format!("`cluster` needs the key `{key}`, for no profile says it");
            let diagnostic = Diagnostic::new(Code::MissingKey, message).at(written.span, "in this table");
            self.push(diagnostic.help("add it, or take a profile that says it"));
        }
    }

    fn layout(&mut self, cluster: &Written) -> Sourced<String> {
        let of_profile = self.profile.and_then(|profile| profile.layout.as_ref());
        let Some(name) = cluster.layout.as_ref().or(of_profile) else {
            self.missing(cluster, "layout");
            return Sourced::default(String::new());
        };
        if !self.catalog.layouts.contains_key(&name.value) {
            let known = self.catalog.layouts.keys().map(String::as_str);
            self.unknown(Code::UnknownLayout, "layout", name, known);
        }
        Sourced::at(name.value.clone(), name.span)
    }

    fn endpoint_by_name(&mut self, written: Option<&Text>) -> bool {
        let Some(text) = written else { return false };
        if !["address", "name"].contains(&text.value.as_str()) {
            let message = format!("the endpoint cannot be dialled by `{}`", text.value);
            self.push(
                Diagnostic::new(Code::BadValue, message).at(text.span, "").help("write `address` or `name`"),
            );
        }
        text.value == "name"
    }

    fn endpoint(&mut self, text: &Text, model: &Model) -> Option<Sourced<Endpoint>> {
        let inner = |name: &str| Spanned::new(name.to_owned(), text.span);
        match text.value.split_once('.') {
            Some(("vip", name)) => {
                let found = model.vips.iter().position(|vip| &*vip.name == name);
                let written = self.document.vips.iter().any(|(vip, _)| vip.value == name);
                if found.is_none() && !written && self.document.whole {
                    let known = self.document.vips.iter().map(|(vip, _)| vip.value.as_str());
                    self.unknown(Code::UnknownVip, "VIP", &inner(name), known);
                }
                found.map(|i| Sourced::at(Endpoint::Vip(i), text.span))
            }
            Some(("node", name)) => {
                let found = self.node_index.get(name).copied();
                if !self.knows_node(name) {
                    let known: Vec<String> = self.node_index.keys().cloned().collect();
                    self.unknown(Code::UnknownNode, "node", &inner(name), known.iter().map(String::as_str));
                }
                found.map(|i| Sourced::at(Endpoint::Node(i), text.span))
            }
            _ => {
                let message = format!("`{}` is not an endpoint", text.value);
                let help = "write `vip.NAME` or `node.NAME`";
                self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
                None
            }
        }
    }
}

fn text_or(text: Option<&Text>, default: &str) -> Sourced<String> {
    Sourced { value: text.map_or(default, |t| &t.value).to_owned(), origin: text.map(|t| t.span) }
}

/// `COMPONENT.LISTEN`
pub(super) fn split(to: &str) -> Option<(std::sync::Arc<str>, std::sync::Arc<str>)> {
    let (component, listen) = to.split_once('.')?;
    Some((component.into(), listen.into()))
}
