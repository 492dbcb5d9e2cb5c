//! Dials: which instances a component connects to, and whether both ends trust each other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::context::{Context, Shared, push_once};
use super::place::Places;
use crate::catalog::{Dial, DialBy, Holds, Reach};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::resolve::{Component, ComponentIndex, Endpoint, InstanceIndex, Model, NodeIndex, Vip};
use crate::values::{HttpsUrl, Selector};

/// What the name of a target names: a node may be called as a VIP is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// A node.
    Node,
    /// A VIP.
    Vip,
    /// A component that somebody else runs.
    External,
}

/// One address that a dial goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is that has the address.
    pub kind: TargetKind,
    /// Its name.
    pub name: Shared,
    /// Address or DNS name.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Target {
    /// `https://host:port`, IPv6 in brackets.
    #[must_use]
    pub fn url(&self) -> String {
        if self.host.contains(':') {
            format!("https://[{}]:{}", self.host, self.port)
        } else {
            format!("https://{}:{}", self.host, self.port)
        }
    }
}

/// The component that a dial goes to and the position of its listen.
pub(super) fn goal(model: &Model, dial: &Dial) -> Option<(ComponentIndex, usize)> {
    let component = model.components.position(|c| c.definition.name == dial.component)?;
    let listen = model.components[component].definition.listens.iter().position(|l| l.name == dial.listen)?;
    Some((component, listen))
}

/// The addresses of a dial from a node; none: from any, where they are the same for all.
pub(super) fn targets(model: &Model, places: &Places, dial: &Dial, node: Option<NodeIndex>) -> Vec<Target> {
    let Some((component, listen)) = goal(model, dial) else { return Vec::new() };
    if let Some(external) = model.external(&dial.component) {
        let at = |url: &HttpsUrl| Target {
            kind: TargetKind::External,
            name: dial.component.clone(),
            host: url.host.clone(),
            port: url.port,
        };
        return external.urls.iter().map(at).collect();
    }
    let instances = &model.components[component].instances;
    let at = |i: InstanceIndex| target(model, places, (component, listen, i), dial.by);
    let is_own = |i: &InstanceIndex| Some(instances[*i].node) == node;
    let through_endpoint = || endpoint(model, places, (component, listen), node).into_iter().collect();
    match dial.reach {
        Reach::BehindVips | Reach::Every => instances.indices().map(at).collect(),
        Reach::Others => instances.indices().filter(|i| !is_own(i)).map(at).collect(),
        Reach::SameHost => match instances.indices().find(is_own) {
            Some(i) => vec![at(i)],
            None => through_endpoint(),
        },
        Reach::Endpoint => through_endpoint(),
    }
}

fn target(
    model: &Model,
    places: &Places,
    goal: (ComponentIndex, usize, InstanceIndex),
    by: DialBy,
) -> Target {
    let (component, listen, instance) = goal;
    let node = &model.nodes[model.components[component].instances[instance].node];
    let at = &places[component][instance].listens[listen];
    let first = at.addresses.first().copied();
    let host = match by {
        DialBy::Address => first.map_or_else(|| node.name.to_string(), |address| address.to_string()),
        DialBy::Loopback => loopback(first).to_string(),
        DialBy::Name => node.name.to_string(),
    };
    Target { kind: TargetKind::Node, name: node.name.shared(), host, port: at.port }
}

/// The loopback address of the family in which a host is dialled.
pub(super) fn loopback(address: Option<IpAddr>) -> IpAddr {
    match address {
        Some(IpAddr::V6(_)) => Ipv6Addr::LOCALHOST.into(),
        _ => Ipv4Addr::LOCALHOST.into(),
    }
}

/// The cluster's endpoint, if it leads to the goal, as programs on a node dial it; without one, as users do.
pub(super) fn endpoint(
    model: &Model,
    places: &Places,
    goal: (ComponentIndex, usize),
    node: Option<NodeIndex>,
) -> Option<Target> {
    let cluster = model.cluster.as_ref()?;
    let (component, listen) = goal;
    match cluster.endpoint.as_ref().map(|endpoint| endpoint.value) {
        Some(Endpoint::Vip(vip)) => {
            let vip = &model.vips[vip];
            let beside = vip.way.is_local().then(|| beside(model, places, vip, goal, node));
            if let Some(instance) = beside.flatten() {
                let by = if cluster.endpoint_by_name { DialBy::Name } else { DialBy::Address };
                return Some(target(model, places, (component, listen, instance), by));
            }
            let by_name = vip.host.as_ref().filter(|_| cluster.endpoint_by_name).map(ToString::to_string);
            let host = by_name
                .or_else(|| vip.addresses.first().map(ToString::to_string))
                .or_else(|| vip.host.as_ref().map(ToString::to_string))?;
            Some(Target { kind: TargetKind::Vip, name: vip.name.clone(), host, port: vip.port })
        }
        Some(Endpoint::Node(node)) => {
            let instances = &model.components[component].instances;
            let instance = instances.position(|instance| instance.node == node)?;
            let by = if cluster.endpoint_by_name { DialBy::Name } else { DialBy::Address };
            Some(target(model, places, (component, listen, instance), by))
        }
        None => {
            let mut instances = places[component].indices();
            let (Some(single), None) = (instances.next(), instances.next()) else { return None };
            Some(target(model, places, (component, listen, single), DialBy::Address))
        }
    }
}

/// The cluster's endpoint, if it is a VIP that each of its nodes has for itself.
pub(super) fn local_vip(model: &Model) -> Option<&Vip> {
    match model.cluster.as_ref()?.endpoint.as_ref()?.value {
        Endpoint::Vip(vip) => Some(&model.vips[vip]).filter(|vip| vip.way.is_local()),
        Endpoint::Node(_) => None,
    }
}

/// The instance that is dialled itself, and not through such a VIP: the own one, unless it is what answers
/// at the VIP's port; who is on no node of the VIP, as users are, takes the first.
fn beside(
    model: &Model,
    places: &Places,
    vip: &Vip,
    goal: (ComponentIndex, usize),
    node: Option<NodeIndex>,
) -> Option<InstanceIndex> {
    let (component, listen) = goal;
    let instances = &model.components[component].instances;
    let own = node.and_then(|node| instances.position(|instance| instance.node == node));
    let answers = |own: &InstanceIndex| {
        let on_loopback = model.components[component].definition.listens[listen].loopback;
        on_loopback && places[component][*own].listens[listen].port == vip.port
    };
    match own {
        Some(own) => Some(own).filter(|own| !answers(own)),
        None => {
            let carries = node.is_some_and(|node| vip.nodes.binary_search(&node).is_ok());
            instances.indices().next().filter(|_| !carries)
        }
    }
}

/// Every dial must lead somewhere, trust what it meets, and be accepted there.
pub(super) fn check(context: &Context<'_>, places: &Places, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    let mut door_missing = false;
    for component in context.model.components.iter().filter(|component| !component.instances.is_empty()) {
        for dial in &component.definition.dials {
            check_dial(context, places, component, dial, &mut door_missing, &mut found);
        }
    }
    signers(context.model, &mut found);
    push_once(diagnostics, found);
}

/// Where clients are checked against a root, everything below that root can make clients.
fn signers(model: &Model, found: &mut Vec<Diagnostic>) {
    for component in model.components.iter().filter(|component| !component.instances.is_empty()) {
        let definition = &component.definition;
        for bundle in definition.listens.iter().filter_map(|listen| listen.clients) {
            let bundle = &definition.bundles[bundle];
            let issued = bundle.purposes.iter().filter_map(|purpose| model.authority_for(purpose));
            let below = issued.map(|a| &model.authorities[a]).find(|authority| authority.issuer.is_some());
            if let (Some(authority), Holds::Roots) = (below, bundle.holds) {
                let message = format!(
                    "`{}` accepts clients from every authority below the root of `{}`",
                    definition.name, authority.name
                );
                let help = format!("write `holds = \"issuers\"` in the bundle `{}`", bundle.name);
                let diagnostic = Diagnostic::new(Code::SignerBelowRoot, message).help(help);
                found.push(
                    diagnostic.at(bundle.span, "accepts these").at(authority.origin, "an intermediate"),
                );
            }
        }
    }
}

fn check_dial(
    context: &Context<'_>,
    places: &Places,
    component: &Component,
    dial: &Dial,
    door_missing: &mut bool,
    found: &mut Vec<Diagnostic>,
) {
    let model = context.model;
    let name = &component.definition.name;
    let to = format!("{}.{}", dial.component, dial.listen);
    let Some((goal_component, goal_listen)) = goal(model, dial) else {
        let message = format!("`{name}` connects to `{to}`, which no component of the plan has");
        found.push(Diagnostic::new(Code::DialNowhere, message).at(dial.span, ""));
        return;
    };
    let other = &model.components[goal_component];
    let external = model.external(&dial.component).is_some();
    if other.instances.is_empty() && !external {
        let message = format!("`{name}` connects to `{to}`, but no node runs `{}`", dial.component);
        let diagnostic = Diagnostic::new(Code::DialNowhere, message);
        let first = component.instances.iter().next().map(|instance| model.nodes[instance.node].origin);
        let diagnostic = match first {
            Some(node) => diagnostic.at(node, format!("`{name}` runs here")),
            None => diagnostic.at(dial.span, ""),
        };
        found.push(diagnostic.help(format!(
            "{}, or write `[external.{}]` if it runs outside of this plan",
            roles(&other.definition.place),
            dial.component
        )));
        return;
    }
    let needs_door = dial.reach == Reach::Endpoint && !external;
    if needs_door && !*door_missing && endpoint(model, places, (goal_component, goal_listen), None).is_none()
    {
        *door_missing = true;
        found.push(no_endpoint(model, &to));
    }
    let listen = &other.definition.listens[goal_listen];
    if dial.by == DialBy::Loopback && !listen.loopback && !external {
        let message =
            format!("`{name}` connects to `{to}` at the loopback address, where it does not listen");
        let diagnostic = Diagnostic::new(Code::DialNowhere, message).at(dial.span, "this connection");
        found.push(diagnostic.at(listen.span, "write `loopback = true` here if it does"));
    }
    trust(model, component, dial, (other, goal_listen), found);
}

/// How a node comes to run what stands at such places.
fn roles(places: &[Selector]) -> String {
    let roles: Vec<String> = places
        .iter()
        .map(|place| match place {
            Selector::Role(name) => format!("add `\"{name}\"` to the `roles` of a node"),
            place => format!("give it a node of `{place}`"),
        })
        .collect();
    roles.join(", or ")
}

fn no_endpoint(model: &Model, to: &str) -> Diagnostic {
    let cluster = model.cluster.as_ref();
    let endpoint = cluster.and_then(|cluster| cluster.endpoint.as_ref());
    let message = match endpoint.map(|endpoint| &endpoint.value) {
        // It would be found there if it had what clients connect to.
        Some(Endpoint::Node(node)) => {
            format!("`cluster.endpoint` is node `{}`, which does not carry `{to}`", model.nodes[*node].name)
        }
        _ => format!(
            "several nodes carry `{to}`, and `cluster.endpoint` is missing, so it is unclear at which address to reach it"
        ),
    };
    let help = match endpoint.is_some() {
        true => "write `endpoint = \"vip.NAME\"`, or the name of a node that carries it",
        false => "write `endpoint = \"vip.NAME\"` or `endpoint = \"node.NAME\"` in `[cluster]`",
    };
    let diagnostic = Diagnostic::new(Code::NoEndpoint, message).help(help);
    let span = cluster.and_then(|c| c.endpoint.as_ref().and_then(|e| e.origin).or(c.name.origin));
    match span {
        Some(span) => diagnostic.at(span, "this cluster"),
        None => diagnostic,
    }
}

fn trust(
    model: &Model,
    component: &Component,
    dial: &Dial,
    goal: (&Component, usize),
    found: &mut Vec<Diagnostic>,
) {
    let (other, listen) = goal;
    let listen = &other.definition.listens[listen];
    let authority = |purpose: &str| model.authority_for(purpose);
    let holds = |bundle: &crate::catalog::Bundle, purpose: &str| {
        let issuer = authority(purpose);
        bundle.purposes.iter().any(|held| {
            let held = authority(held);
            match bundle.holds {
                Holds::Issuers => held == issuer,
                Holds::Roots => held.map(|a| model.root_of(a)) == issuer.map(|a| model.root_of(a)),
            }
        })
    };
    let name = &component.definition.name;
    if let (Some(certificate), Some(bundle)) = (listen.certificate, dial.trusts) {
        let purpose = &other.definition.certificates[certificate].purpose;
        let bundle = &component.definition.bundles[bundle];
        if !holds(bundle, purpose) {
            let message = format!(
                "`{name}` connects to `{}.{}` but does not trust the authority that issues its certificate",
                dial.component, dial.listen
            );
            let help = format!("add `{purpose}` to the authorities of the bundle `{}`", bundle.name);
            let diagnostic = Diagnostic::new(Code::DialNotTrusted, message).at(dial.span, "this connection");
            found.push(diagnostic.at(bundle.span, "trusts only these").help(help));
        }
    }
    if let (Some(certificate), Some(bundle)) = (dial.certificate, listen.clients) {
        let purpose = &component.definition.certificates[certificate].purpose;
        let bundle = &other.definition.bundles[bundle];
        if !holds(bundle, purpose) {
            let message =
                format!("`{}.{}` does not accept the certificate of `{name}`", dial.component, dial.listen);
            let help = format!("use an authority in the bundle `{}` of `{}`", bundle.name, dial.component);
            let diagnostic =
                Diagnostic::new(Code::DialNotAccepted, message).at(dial.span, "presents it here");
            found.push(diagnostic.at(bundle.span, "accepts only these").help(help));
        }
    } else if let (None, true) = (dial.certificate, listen.clients_required) {
        let message = format!(
            "`{}.{}` requires a client certificate, and `{name}` presents none",
            dial.component, dial.listen
        );
        found.push(
            Diagnostic::new(Code::DialNotAccepted, message)
                .at(dial.span, "this connection")
                .at(listen.span, "wants one"),
        );
    }
}
