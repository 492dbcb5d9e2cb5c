//! The objects that expressions can read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::cluster_scope::ClusterScope;
use super::context::Context;
use super::dials;
use super::node_scope::first_of;
use super::place::{ListenAt, Place, Places};
use crate::catalog::{Catalog, Definition, Dial, Reach, Root, Run, Tree};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expression::{Record, Value, is_none, items, list, text, texts};
use crate::index::List;
use crate::kubernetes::BOOTSTRAPPERS;
use crate::read::Literal;
use crate::resolve::{Component, Granted, Instance, Model, Node, NodeIndex, Vip};
use crate::source::Sources;
use crate::values::{Family, Interface, PlainText};

/// The tenth address of a service network is the cluster's DNS service, as kubeadm has it.
const DNS: u128 = 10;

/// Service networks must have addresses for the services of the cluster itself.
pub(super) fn services(model: &Model, diagnostics: &mut Diagnostics) {
    for cidr in model.cluster.iter().flat_map(|cluster| &cluster.service_cidrs) {
        if cidr.value.nth(DNS).is_none() {
            let message =
                format!("the service network {} is too small for the cluster's own services", cidr.value);
            let diagnostic = Diagnostic::new(Code::ServiceCidrSize, message)
                .help("use a larger network: at least 16 addresses (a /28 for IPv4); a /16 is usual");
            diagnostics.push(match cidr.origin {
                Some(span) => diagnostic.at(span, ""),
                None => diagnostic,
            });
        }
    }
}

/// The `cluster` and the `bootstrap` of expressions.
pub(super) fn of_cluster(model: &Model) -> Option<ClusterScope> {
    Some(ClusterScope { cluster: cluster(model)?, bootstrap: bootstrap(model) })
}

/// Of whom a binding names the first group: that is enough for the bearer, and gives the other groups nothing.
fn bootstrap(model: &Model) -> Value {
    let Some(bootstrap) = &model.bootstrap else { return Value::from(()) };
    let first = bootstrap.groups.first().map_or(BOOTSTRAPPERS.to_owned(), ToString::to_string);
    let subject = Record::new().with("kind", "Group").with("name", first).build();
    Record::new().with("groups", texts(&bootstrap.groups)).with("subject", subject).build()
}

fn cluster(model: &Model) -> Option<Value> {
    let cluster = model.cluster.as_ref()?;
    let nth = |index: u128| texts(cluster.service_cidrs.iter().filter_map(|cidr| cidr.value.nth(index)));
    let record = Record::new()
        .with("name", text(&*cluster.name.value))
        .with("domain", cluster.domain.value.as_str())
        .with(
            "version",
            cluster.version.as_ref().map(|version| version.value.to_string()).unwrap_or_default(),
        )
        .with("service_cidrs", texts(cluster.service_cidrs.iter().map(|cidr| cidr.value)))
        .with("service_ips", nth(1))
        .with("dns_ips", nth(DNS))
        .with("pod_cidrs", texts(cluster.pod_cidrs.iter().map(|cidr| cidr.value)))
        .with("components", texts(placed(model).map(|component| &component.definition.name)))
        .with("pod_nodes", pod_nodes(model))
        .with("roles", list(roles(model)))
        .with("grants", list(model.grants.iter().map(granted)))
        .with("keyring_kinds", texts(model.keyrings.values().map(|keyring| keyring.kind.word())))
        .with(
            "encrypts",
            model.keyrings.values().any(|keyring| {
                keyring.kind.encrypts() && keyring.generations.plain_text != PlainText::Written
            }),
        )
        .with("encryption_providers", texts(encryption_providers(model)));
    Some(record.build())
}

/// How keys encrypt, where the plan or an import says so.
fn encryption_providers(model: &Model) -> BTreeSet<&str> {
    let providers = model.keyrings.values().flat_map(|keyring| {
        let trusted = |generation: &u32| keyring.generations.trust.contains(generation);
        keyring.encryption_providers().filter(move |(generation, _)| trusted(generation))
    });
    providers.map(|(_, word)| word).collect()
}

/// The components that stand somewhere.
fn placed(model: &Model) -> impl Iterator<Item = &Component> {
    model.components.iter().filter(|component| !component.instances.is_empty())
}

/// Each role that a node has, with the names of those that have it.
fn roles(model: &Model) -> Vec<Value> {
    let mut nodes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in &model.nodes {
        node.roles.iter().for_each(|role| nodes.entry(role).or_default().push(node.name.as_str()));
    }
    let role = |(name, nodes)| Record::new().with("name", text(name)).with("nodes", texts(nodes)).build();
    nodes.into_iter().map(role).collect()
}

fn granted(granted: &Granted) -> Value {
    Record::new()
        .with("name", text(&*granted.name))
        .with("role", granted.role.as_str())
        .with("groups", texts(&granted.groups))
        .with("users", texts(&granted.users))
        .with("namespaces", texts(&granted.namespaces))
        .build()
}

/// How many nodes carry what runs pods.
fn pod_nodes(model: &Model) -> i64 {
    let runners = placed(model).filter(|component| component.definition.runner == Some(Run::StaticPod));
    let nodes: BTreeSet<NodeIndex> =
        runners.flat_map(|component| &component.instances).map(|instance| instance.node).collect();
    i64::try_from(nodes.len()).unwrap_or(i64::MAX)
}

/// The scope of an instance has about so many names.
const OF_INSTANCE: usize = 10;

/// Node and cluster.
pub(super) fn base(context: &Context<'_>, node: NodeIndex) -> Value {
    base_record(&context.nodes, context.cluster.as_ref(), node).build()
}

pub(super) fn base_record(
    nodes: &List<Node, Value>,
    of_cluster: Option<&ClusterScope>,
    node: NodeIndex,
) -> Record {
    let record = Record::with_capacity(OF_INSTANCE).with("node", nodes[node].clone());
    match of_cluster {
        Some(ClusterScope { cluster, bootstrap }) => {
            record.with("cluster", cluster.clone()).with("bootstrap", bootstrap.clone())
        }
        None => record,
    }
}

/// What endpoints and certificates see: settings and the component besides.
pub(super) fn early(
    context: &Context<'_>,
    definition: &Definition,
    instance: &Instance,
    settings: &Value,
) -> Value {
    base_record(&context.nodes, context.cluster.as_ref(), instance.node)
        .with("setting", settings.clone())
        .with("component", component(definition, instance, ""))
        .build()
}

pub(super) fn component(definition: &Definition, instance: &Instance, binary: &str) -> Value {
    Record::with_capacity(5)
        .with("name", text(&*definition.name))
        .with("title", text(&*definition.title))
        .with("version", instance.config.version.value.to_full_string())
        .with("binary", binary)
        .with("run", instance.config.run.value.word())
        .build()
}

/// A value that the plan gives, without expressions.
pub(super) fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Boolean(boolean) => Value::from(*boolean),
        Literal::Float(number) => Value::from(*number),
        Literal::Integer(number) => Value::from(*number),
        Literal::List(items) => list(items.iter().map(|item| self::literal(&item.value))),
        Literal::Table(entries) => entries
            .iter()
            .map(|(key, value)| (key.value.clone(), self::literal(&value.value)))
            .collect::<Record>()
            .build(),
        Literal::Text(text) => Value::from(text.as_str()),
    }
}

/// A value that the catalog gives, without references.
pub(super) fn tree(
    catalog: &Catalog,
    sources: &Sources,
    value: &Tree,
    scope: &Value,
) -> Result<Value, Diagnostic> {
    Ok(match value {
        Tree::Boolean(boolean) => Value::from(*boolean),
        Tree::Float(number) => Value::from(*number),
        Tree::Integer(number) => Value::from(*number),
        Tree::List(entries) => {
            let mut flat = Vec::new();
            for entry in entries {
                flat.extend(items(&tree(catalog, sources, entry, scope)?));
            }
            list(flat.into_iter().filter(|item| !is_none(item)))
        }
        Tree::Reference(_) => Value::from(()),
        Tree::Table(entries) => {
            let mut record = Record::new();
            for (key, entry) in entries {
                record = record.with(key.value.clone(), tree(catalog, sources, entry, scope)?);
            }
            record.build()
        }
        Tree::Text(template) => template.evaluate(&catalog.engine, scope, sources)?,
        Tree::When(value, when) => match when.evaluate(&catalog.engine, scope, sources)?.is_true() {
            true => tree(catalog, sources, value, scope)?,
            false => Value::from(()),
        },
    })
}

pub(super) fn listens(definition: &Definition, place: &Place) -> Value {
    let named = definition.listens.iter().zip(&place.listens);
    named.map(|(listen, at)| (listen.field.clone(), listen_at(at))).collect::<Record>().build()
}

fn listen_at(at: &ListenAt) -> Value {
    let urls = at.addresses.iter().map(|address| match address {
        IpAddr::V4(v4) => format!("https://{v4}:{}", at.port),
        IpAddr::V6(v6) => format!("https://[{v6}]:{}", at.port),
    });
    Record::new()
        .with("addresses", texts(at.addresses.iter()))
        .with("port", i64::from(at.port))
        .with("urls", texts(urls))
        .build()
}

/// The `peers` of every component whose expressions want them.
pub(super) fn peers(context: &Context<'_>, places: &Places) -> List<Component, Value> {
    let of = |(component, places): (&Component, &List<Instance, Place>)| {
        if !component.definition.reads.reads_any(Root::Peers) {
            return list([]);
        }
        list(component.instances.iter().zip(places).map(|(instance, place)| {
            let node = &context.model.nodes[instance.node];
            Record::new()
                .with("name", node.name.as_str())
                .with("addresses", texts(node.addresses.iter()))
                .with("setting", place.settings.clone())
                .with("listen", listens(&component.definition, place))
                .build()
        }))
    };
    context.model.components.iter().zip(places).map(of).collect()
}

/// The addresses of dials that are the same for every dialling instance.
pub(super) fn shared_dials(context: &Context<'_>, places: &Places) -> List<Component, Vec<Option<Value>>> {
    let dial = |definition: &Definition, i: usize| {
        let dial = &definition.dials[i];
        let same = match dial.reach {
            Reach::Endpoint => dials::local_vip(context.model).is_none(),
            reach => reach == Reach::Every,
        };
        let same = same && definition.reads.reads(Root::Dial, &dial.field);
        same.then(|| dialled(context.model, places, dial, None))
    };
    let components = context.model.components.iter();
    components
        .map(|component| {
            let definition = &component.definition;
            (0..definition.dials.len()).map(|i| dial(definition, i)).collect()
        })
        .collect()
}

pub(super) fn dialled(model: &Model, places: &Places, dial: &Dial, node: Option<NodeIndex>) -> Value {
    let targets = dials::targets(model, places, dial, node);
    Record::new().with("urls", texts(targets.iter().map(dials::Target::url))).build()
}

/// The VIPs that a node carries, served in a way that the component's place selects.
pub(super) fn vips(model: &Model, places: &Places, definition: &Definition, node: NodeIndex) -> Value {
    let mine = |vip: &&Vip| {
        let serves = definition.place.iter().any(|selector| {
            matches!(selector, crate::values::Selector::Vip(served_by) if *served_by == vip.served_by)
        });
        serves && vip.nodes.binary_search(&node).is_ok()
    };
    let mine: Vec<&Vip> = model.vips.iter().filter(mine).collect();
    list(mine.iter().enumerate().map(|(i, served)| {
        // Two ports of one VIP move together: the first one moves them.
        let moved = mine[..i].iter().any(|earlier| earlier.addresses == served.addresses);
        vip(model, places, served, (node, !moved || served.way.is_local()))
    }))
}

fn vip(model: &Model, places: &Places, vip: &Vip, (node, moves): (NodeIndex, bool)) -> Value {
    let own = &model.nodes[node];
    let (lowest, highest) = priorities(model, vip);
    let interface =
        own.interface.as_ref().or(vip.interface.as_ref()).map(Interface::as_str).unwrap_or_default();
    Record::new()
        .with("name", text(&*vip.name))
        .with("port", i64::from(vip.port))
        .with("local", vip.way.is_local())
        .with("addresses", texts(vip.addresses.iter()))
        .with("ipv4", first_of(&vip.addresses, Family::V4))
        .with("ipv6", first_of(&vip.addresses, Family::V6))
        .with("interface", interface)
        .with("priority", priority(model, vip, node))
        .with("spread", highest - lowest)
        .with("backends", backends(model, places, vip))
        .with(
            "instances",
            list(
                vip.addresses
                    .iter()
                    .enumerate()
                    .filter(|_| moves)
                    .map(|(i, address)| vrrp(model, vip, node, i, address)),
            ),
        )
        .build()
}

/// The priority that the plan gives a node, else by its rank among those that carry the VIP.
fn priority(model: &Model, vip: &Vip, node: NodeIndex) -> i64 {
    let rank = vip.nodes.iter().position(|n| *n == node).unwrap_or(0);
    let by_rank = || 150i64.saturating_sub(i64::try_from(rank).unwrap_or(149)).max(1);
    model.nodes[node].priority.map_or_else(by_rank, i64::from)
}

/// The lowest and the highest of the nodes that carry the VIP.
fn priorities(model: &Model, vip: &Vip) -> (i64, i64) {
    let all = || vip.nodes.iter().map(|node| priority(model, vip, *node));
    (all().min().unwrap_or(0), all().max().unwrap_or(0))
}

/// One VRRP instance: RFC 9568 keeps the families apart.
fn vrrp(model: &Model, vip: &Vip, node: NodeIndex, position: usize, address: &IpAddr) -> Value {
    let family = Family::of(address);
    let others = vip.nodes.iter().filter(|n| **n != node).map(|n| &model.nodes[*n]);
    let peers = others.filter_map(|other| other.addresses.iter().find(|a| Family::of(a) == family));
    let router_id = i64::from(vip.router_id) + i64::try_from(position).unwrap_or(0);
    Record::new()
        .with("family", if family == Family::V4 { "ipv4" } else { "ipv6" })
        .with("address", address.to_string())
        .with("router_id", router_id)
        .with("source", first_of(&model.nodes[node].addresses, family))
        .with("peers", texts(peers))
        .build()
}

fn backends(model: &Model, places: &Places, vip: &Vip) -> Value {
    let Some(c) = model.components.position(|component| component.definition.name == vip.to.0) else {
        return list([]);
    };
    let Some(l) = model.components[c].definition.listens.iter().position(|listen| listen.name == vip.to.1)
    else {
        return list([]);
    };
    list(model.components[c].instances.iter().zip(&places[c]).map(|(instance, place)| {
        let at = &place.listens[l];
        Record::new()
            .with("name", model.nodes[instance.node].name.as_str())
            .with("address", at.addresses.first().map(ToString::to_string).unwrap_or_default())
            .with("port", i64::from(at.port))
            .build()
    }))
}
