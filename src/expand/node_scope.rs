//! The `node` of expressions.

use std::net::IpAddr;
use std::sync::Arc;

use crate::expression::{Record, Value, text, texts};
use crate::index::List;
use crate::resolve::{Model, Node};
use crate::values::Family;

/// The `node` of every node.
pub(super) fn nodes(model: &Model) -> List<Node, Value> {
    // The nodes of a pool have the same roles.
    let mut last: Option<(&Arc<[Arc<str>]>, Value)> = None;
    model.nodes.map(|one| {
        let same = last.as_ref().filter(|(roles, _)| Arc::ptr_eq(roles, &one.roles));
        let roles = same.map_or_else(|| texts(one.roles.iter()), |(_, value)| value.clone());
        last = Some((&one.roles, roles.clone()));
        node(one, roles)
    })
}

fn node(node: &Node, roles: Value) -> Value {
    let addresses = texts(node.addresses.iter());
    let first = primary(&node.addresses);
    let primary = if first.clone().eq(&*node.addresses) { addresses.clone() } else { texts(first) };
    Record::with_capacity(8)
        .with("name", node.name.as_str())
        .with("address", node.addresses.first().map(ToString::to_string).unwrap_or_default())
        .with("addresses", addresses)
        .with("primary_addresses", primary)
        .with("ipv4", first_of(&node.addresses, Family::V4))
        .with("ipv6", first_of(&node.addresses, Family::V6))
        .with("roles", roles)
        .with("interface", node.interface.as_ref().map_or(Value::from(()), |name| text(name.as_str())))
        .build()
}

/// The first address of each family, in the order of the plan.
fn primary(addresses: &[IpAddr]) -> impl Iterator<Item = &IpAddr> + Clone {
    let first =
        |i: usize| !addresses[..i].iter().any(|earlier| Family::of(earlier) == Family::of(&addresses[i]));
    addresses.iter().enumerate().filter(move |(i, _)| first(*i)).map(|(_, address)| address)
}

pub(super) fn first_of(addresses: &[IpAddr], family: Family) -> Value {
    let found = addresses.iter().find(|address| Family::of(address) == family);
    found.map_or(Value::from(()), |address| text(address.to_string()))
}
