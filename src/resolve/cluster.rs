//! Resolves `[cluster]`: profile, layout, version, endpoint.

use std::net::{IpAddr, SocketAddr};

use super::inventory::Nodes;
use super::model::{Cluster, Endpoint, Sourced};
use super::networks::cidrs;
use super::parse::{optional, parsed, unknown};
use super::run;
use super::secrets::Secrets;
use super::selection::Vips;
use super::written::{Written, split, table};
use crate::catalog::Run;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{ClusterTable as Table, Text};
use crate::source::Spanned;
use crate::values::{DnsName, Name, Version};

/// The cluster; what could not be resolved of it has been reported and stands there as a default.
pub(super) fn cluster(
    written: Written<'_>,
    nodes: &Nodes<'_>,
    vips: &Vips,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Cluster> {
    let table = written.document.cluster.as_ref()?;
    let name = table.name.as_ref().and_then(|name| parsed::<Name>(name, Code::BadName, diagnostics));
    let run = run::run(table.run.as_ref(), diagnostics);
    Some(Cluster {
        name: Sourced {
            value: name.map(|name| name.shared()).unwrap_or_default(),
            origin: table.name.as_ref().map(|name| name.span),
        },
        profile: Sourced {
            value: table.profile.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
            origin: table.profile.as_ref().map(|name| name.span),
        },
        secret: secrets.of(None),
        layout: layout(table, written, diagnostics),
        run: run.unwrap_or_else(|| Sourced::default(Run::Systemd)),
        version: version(table, written, diagnostics),
        domain: domain(table, diagnostics)?,
        service_cidrs: cidrs(table.service_cidrs.as_ref(), diagnostics),
        pod_cidrs: cidrs(table.pod_cidrs.as_ref(), diagnostics),
        endpoint: table.endpoint.as_ref().and_then(|t| endpoint(t, written, nodes, vips, diagnostics)),
        endpoint_by_name: endpoint_by_name(table, written, diagnostics),
        qualified_users: table.qualified_users.as_ref().is_some_and(|wanted| wanted.value),
        endpoint_to: written.profile.known().and_then(|p| p.endpoint.as_ref()).and_then(|t| split(&t.value)),
    })
}

fn domain(table: &Table, diagnostics: &mut Diagnostics) -> Option<Sourced<DnsName>> {
    let origin = table.domain.as_ref().map(|text| text.span);
    let value: Option<DnsName> = optional(table.domain.as_ref(), Code::BadDnsName, diagnostics).flatten();
    let wild = value.as_ref().filter(|name| name.is_wildcard());
    if let (Some(name), Some(span)) = (wild, origin) {
        let message = format!("`{name}` is a wildcard, but the names of services are below the domain");
        let help = "write a domain such as `cluster.local`";
        diagnostics.push(Diagnostic::new(Code::BadDnsName, message).at(span, "").help(help));
    }
    let value = value.filter(|name| !name.is_wildcard());
    Some(Sourced { value: value.or_else(|| "cluster.local".parse().ok())?, origin })
}

/// None where nothing says one.
fn version(table: &Table, written: Written<'_>, diagnostics: &mut Diagnostics) -> Option<Sourced<Version>> {
    let of_profile = written.profile.known().and_then(|profile| profile.version.as_ref());
    match table.version.as_ref().or(of_profile) {
        Some(text) => {
            let parsed = parsed(text, Code::BadVersion, diagnostics);
            Some(parsed.map_or_else(Sourced::poisoned, |version| Sourced::at(version, text.span)))
        }
        None => is_poisoned(table, written, "version").then(Sourced::poisoned),
    }
}

fn layout(table: &Table, written: Written<'_>, diagnostics: &mut Diagnostics) -> Sourced<String> {
    let of_profile = written.profile.known().and_then(|profile| profile.layout.as_ref());
    let Some(name) = table.layout.as_ref().or(of_profile) else {
        missing(written, "layout", diagnostics);
        return Sourced::default(String::new());
    };
    let layouts = &written.catalog.layouts;
    if !layouts.contains_key(&name.value) {
        let known = layouts.keys().map(String::as_str);
        unknown(Code::UnknownLayout, "layout", name, known, diagnostics);
    }
    Sourced::at(name.value.clone(), name.span)
}

/// Whether a key that is absent may have been written here or in the profile.
fn is_poisoned(table: &Table, written: Written<'_>, key: &str) -> bool {
    table.unread.may_hold(key) || written.profile.is_poisoned()
}

/// Reports a key that neither the plan nor its profile says.
pub(super) fn missing(written: Written<'_>, key: &str, diagnostics: &mut Diagnostics) {
    let Some(table) = written.document.cluster.as_ref().filter(|table| !is_poisoned(table, written, key))
    else {
        return;
    };
    let message = format!("`cluster` needs the key `{key}`, because there is no profile");
    let diagnostic = Diagnostic::new(Code::MissingKey, message).at(table.span, "in this table");
    diagnostics.push(diagnostic.help("add it, or set a profile"));
}

fn endpoint_by_name(table: &Table, written: Written<'_>, diagnostics: &mut Diagnostics) -> bool {
    let Some(text) = &table.endpoint_by else { return false };
    if text.value == "name" {
        nameless_endpoint(text, table, written, diagnostics);
    }
    if !["address", "name"].contains(&text.value.as_str()) {
        let message = format!("`{}` is not a way to connect to the endpoint", text.value);
        let diagnostic = Diagnostic::new(Code::BadValue, message).at(text.span, "");
        diagnostics.push(diagnostic.help("write `address` or `name`"));
    }
    text.value == "name"
}

/// A VIP that is to be dialled by its name and has none.
fn nameless_endpoint(by: &Text, table: &Table, written: Written<'_>, diagnostics: &mut Diagnostics) {
    let vip = table.endpoint.as_ref().and_then(|text| text.value.strip_prefix("vip."));
    let vips = &written.document.vips;
    let found = vip.and_then(|name| vips.iter().find(|(vip, _)| vip.value == name));
    let Some((name, _)) = found.filter(|(_, vip)| vip.host.is_none() && !vip.unread.may_hold("host")) else {
        return;
    };
    let message = format!("clients connect to the endpoint by name, but VIP `{}` has none", name.value);
    let diagnostic =
        Diagnostic::new(Code::MissingKey, message).at(by.span, "said here").at(name.span, "this VIP");
    let help = format!(
        "write `host = \"api.example.com\"` below `[vip.{}]`, or leave `endpoint-by` out",
        name.value
    );
    diagnostics.push(diagnostic.help(help));
}

fn endpoint(
    text: &Text,
    written: Written<'_>,
    nodes: &Nodes<'_>,
    vips: &Vips,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<Endpoint>> {
    let inner = |name: &str| Spanned::new(name.to_owned(), text.span);
    let document = written.document;
    let endpoint = match text.value.split_once('.') {
        Some(("vip", name)) => {
            // One that is written and not in the list has been reported.
            if table(&document.vips, name).is_none() && !document.unread.may_hold("vip") {
                let known = document.vips.iter().map(|(vip, _)| vip.value.as_str());
                unknown(Code::UnknownVip, "VIP", &inner(name), known, diagnostics);
            }
            vips.list.position(|vip| &*vip.name == name).map(Endpoint::Vip)
        }
        Some(("node", name)) => nodes.find(&inner(name), diagnostics).found().map(Endpoint::Node),
        _ => {
            let message = format!("`{}` is not an endpoint", text.value);
            let help = meant(&text.value, nodes, vips).map_or_else(
                || "write `vip.NAME` or `node.NAME`".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
            None
        }
    };
    endpoint.map(|endpoint| Sourced::at(endpoint, text.span))
}

/// The VIP or node of that name, or at that address or URL.
fn meant(text: &str, nodes: &Nodes<'_>, vips: &Vips) -> Option<String> {
    let place = text.trim_start_matches("https://").trim_end_matches('/');
    let address = place.parse::<SocketAddr>().map(|both| both.ip()).or_else(|_| place.parse()).ok();
    let host = place.split(':').next().unwrap_or_default();
    let has = |addresses: &[IpAddr]| address.is_some_and(|address| addresses.contains(&address));
    let vip = vips.list.iter().find(|vip| {
        &*vip.name == text
            || has(&vip.addresses)
            || vip.host.as_ref().is_some_and(|name| name.to_string() == host)
    });
    let node = || nodes.list.iter().find(|node| node.name.as_str() == text || has(&node.addresses));
    vip.map(|vip| format!("vip.{}", vip.name)).or_else(|| node().map(|node| format!("node.{}", node.name)))
}
