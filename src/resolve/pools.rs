//! Resolves `[pool.NAME]`: nodes by a range of names, or from a file that lists them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::inventory::{Nodes, Roles};
use super::model::Node;
use super::nodes::{Place, Taken, addresses, node};
use super::parse::optional;
use super::pool_addresses::{Interval, addresses_of_vips, intervals};
use super::pool_names::{Range, left, listed_left, range};
use super::pool_ranges::{Held, Supply, supplies};
use super::roles::KnownRoles;
use super::secrets::Secrets;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{NodeTable, PoolTable, Text};
use crate::values::{Interface, NodeName, offset};

/// A pool whose nodes are not made yet.
struct Pool<'a> {
    name: &'a Text,
    table: &'a PoolTable,
    kind: Kind<'a>,
    supplies: Option<Vec<Supply>>,
}

enum Kind<'a> {
    /// By a range of names.
    Named { text: &'a Text, names: Vec<NodeName>, intervals: Vec<Interval> },
    /// From a file.
    Listed { rows: Vec<(&'a Text, &'a NodeTable, Arc<[IpAddr]>)>, whole: bool },
    /// It has been reported what is wrong; the names may be known.
    Wrong(Option<Vec<NodeName>>),
}

/// What nodes are made with.
struct With<'a, 'w> {
    roles: &'w KnownRoles<'w>,
    secrets: &'w Secrets<'a>,
}

/// Adds the nodes of all pools; gives the addresses that they take one after the other. `taken` gets those of files.
pub(super) fn add<'a>(
    nodes: &mut Nodes<'a>,
    written: Written<'a>,
    roles: &KnownRoles<'_>,
    secrets: &Secrets<'a>,
    taken: &mut Taken,
    diagnostics: &mut Diagnostics,
) -> Vec<Interval> {
    let mut left = left(written, diagnostics);
    let (mut pools, mut all) = (Vec::new(), Vec::new());
    for (name, table) in &written.document.pools {
        let supplies = supplies(name, table, diagnostics);
        let kind = match contradiction(name, table) {
            Some(why) => {
                diagnostics.push(why);
                Kind::Wrong(None)
            }
            None if table.from.is_some() => listed(table, &mut left, taken, diagnostics),
            None => named(name, table, &mut left, &mut all, diagnostics),
        };
        pools.push(Pool { name, table, kind, supplies });
    }
    apart(&pools, diagnostics);
    let vips = addresses_of_vips(written);
    let addresses: BTreeSet<IpAddr> = taken.keys().chain(vips.keys()).copied().collect();
    let held = Held { addresses: &addresses, intervals: &all };
    let with = With { roles, secrets };
    for pool in pools {
        pool.add(nodes, &held, &with, diagnostics);
    }
    all
}

/// Keys of a pool that exclude one another.
fn contradiction(name: &Text, table: &PoolTable) -> Option<Diagnostic> {
    let firsts = [&table.first_address, &table.first_address_v6, &table.first_address_v4];
    let first = firsts.into_iter().flatten().next();
    let bad = |message: String, one: &Text, other: Option<&Text>, help: &str| {
        let diagnostic = Diagnostic::new(Code::BadPool, message).at(one.span, "");
        let diagnostic = match other {
            Some(other) => diagnostic.at(other.span, "and here"),
            None => diagnostic,
        };
        Some(diagnostic.help(help))
    };
    if let (Some(from), Some(names)) = (&table.from, &table.names) {
        let message =
            format!("the nodes of pool `{}` come from a file or from `names`, not both", name.value);
        return bad(message, names, Some(from), "split it into two pools");
    }
    if let (Some(from), Some(first)) = (&table.from, first) {
        let message = format!("the file of pool `{}` has the address of each node", name.value);
        let help = "remove `first-address`; use `addresses` for nodes without an address in the file";
        return bad(message, first, Some(from), help);
    }
    if let (Some(range), Some(first)) = (table.addresses.as_ref().and_then(|texts| texts.first()), first) {
        let message = format!("pool `{}` has `first-address` or `addresses`, not both", name.value);
        return bad(message, range, Some(first), "remove one of them");
    }
    if table.from.is_none() && table.addresses.as_ref().is_some_and(Vec::is_empty) && first.is_none() {
        let message = format!("pool `{}` has no addresses for its nodes", name.value);
        let help = "write `addresses = \"10.0.0.0/24\"`, or a `first-address`";
        return bad(message, name, None, help);
    }
    let keys = [table.columns.first(), table.groups.first()].into_iter().flatten().map(|(key, _)| key);
    let stray = keys.chain(table.ignore.iter().flatten()).next().filter(|_| table.from.is_none())?;
    let message = format!("pool `{}` has no `from`, so it has no columns or groups", name.value);
    bad(message, stray, None, "name it: `from = \"nodes.csv\"`")
}

fn listed<'a>(
    table: &'a PoolTable,
    left: &mut Option<u64>,
    taken: &mut Taken,
    diagnostics: &mut Diagnostics,
) -> Kind<'a> {
    let Some(listed) = &table.listed else { return Kind::Wrong(None) };
    if !listed_left(&listed.nodes, left, diagnostics) {
        return Kind::Wrong(None);
    }
    let rows = listed
        .nodes
        .iter()
        .map(|(name, row)| (name, row, addresses(name, row.addresses.as_ref(), taken, diagnostics)));
    Kind::Listed { rows: rows.collect(), whole: listed.whole }
}

fn named<'a>(
    name: &Text,
    table: &'a PoolTable,
    left: &mut Option<u64>,
    all: &mut Vec<Interval>,
    diagnostics: &mut Diagnostics,
) -> Kind<'a> {
    let range: Option<Range> = table.names.as_ref().and_then(|names| range(names, left, diagnostics));
    let intervals = match &table.addresses {
        Some(_) => Some(Vec::new()),
        None => intervals(name, table, range.as_ref(), diagnostics),
    };
    all.extend(intervals.iter().flatten().cloned());
    let names = table.names.as_ref().zip(range).and_then(|(text, range)| range.names(text, diagnostics));
    match (intervals, names, &table.names) {
        (Some(intervals), Some(names), Some(text)) => Kind::Named { text, names, intervals },
        (_, names, _) => Kind::Wrong(names),
    }
}

/// Ranges of different pools have no address in common: a node more in one of them would move those of the other.
fn apart(pools: &[Pool<'_>], diagnostics: &mut Diagnostics) {
    let all = || pools.iter().flat_map(|pool| pool.supplies.iter().flatten()).map(|supply| &supply.all);
    for (at, one) in all().enumerate() {
        let common = |earlier: &&Interval| {
            earlier.first.is_ipv4() == one.first.is_ipv4()
                && earlier.first <= one.last
                && one.first <= earlier.last
        };
        if let Some(earlier) = all().take(at).find(common) {
            let message = format!("the ranges of pools `{}` and `{}` overlap", earlier.pool, one.pool);
            let diagnostic = Diagnostic::new(Code::PoolOverlap, message)
                .at(one.span, format!("{} to {}", one.first, one.last))
                .at(earlier.span, "this one");
            diagnostics.push(diagnostic.help("give each pool its own range: `10.0.0.10-10.0.0.99`"));
        }
    }
}

impl<'a> Pool<'a> {
    fn add(self, nodes: &mut Nodes<'a>, held: &Held<'_>, with: &With<'a, '_>, diagnostics: &mut Diagnostics) {
        let Pool { name, table, kind, supplies } = self;
        let of_pool = with.roles.of_node(table.roles.as_ref(), &table.unread, diagnostics);
        let Some(mut supplies) = supplies else {
            let names = match kind {
                Kind::Named { names, .. } => Some(names),
                Kind::Listed { .. } => None,
                Kind::Wrong(names) => names,
            };
            return nodes.miss_pool(&name.value, names.as_deref());
        };
        match kind {
            Kind::Wrong(names) => nodes.miss_pool(&name.value, names.as_deref()),
            Kind::Named { text, names, intervals } => {
                let count = names.len();
                let by_place: Vec<Vec<IpAddr>> = (0..count as u128)
                    .map(|place| intervals.iter().filter_map(|of| offset(of.first, place)).collect())
                    .collect();
                let interface: Option<Interface> =
                    optional(table.interface.as_ref(), Code::BadValue, diagnostics).flatten();
                let pool: Arc<str> = name.value.as_str().into();
                nodes.reserve(count);
                for (place, node_name) in names.iter().enumerate() {
                    let addresses = match supplies.is_empty() {
                        true => Some(by_place[place].as_slice().into()),
                        false => given(&mut supplies, held, count, diagnostics),
                    };
                    let node = addresses.map(|addresses| Node {
                        id: node_name.shared(),
                        secret: with.secrets.of(table.secret.as_ref()),
                        name: node_name.clone(),
                        addresses,
                        names: Arc::default(),
                        roles: of_pool.known.clone(),
                        interface: interface.clone(),
                        priority: None,
                        away: None,
                        pool: Some(pool.clone()),
                        listed: false,
                        origin: text.span,
                    });
                    let added = node
                        .is_some_and(|node| nodes.add(node, of_pool.in_doubt, &table.unread, diagnostics));
                    if !added {
                        return nodes.miss_pool(&name.value, Some(&names));
                    }
                }
            }
            Kind::Listed { rows, whole } => {
                if !whole {
                    nodes.miss_pool(&name.value, None);
                }
                let place = Place { pool: Some((&name.value, table)), secrets: with.secrets };
                let count = rows.len();
                for (node_name, row, own) in rows {
                    let roles = with.of_row(&of_pool, row, diagnostics);
                    let addresses = match own.is_empty() && !supplies.is_empty() && row.addresses.is_none() {
                        true => given(&mut supplies, held, count, diagnostics),
                        false => Some(own),
                    };
                    let Some(addresses) = addresses else { return nodes.miss_pool(&name.value, None) };
                    match node(node_name, row, addresses, roles.known, &place, diagnostics) {
                        Some(node) => _ = nodes.add(node, roles.in_doubt, &row.unread, diagnostics),
                        None => nodes.miss(&node_name.value),
                    }
                }
            }
        }
    }
}

impl With<'_, '_> {
    /// The roles of the pool, and those of the row.
    fn of_row(&self, of_pool: &Roles, row: &NodeTable, diagnostics: &mut Diagnostics) -> Roles {
        let own = self.roles.of_node(row.roles.as_ref(), &row.unread, diagnostics);
        let in_doubt = of_pool.in_doubt || own.in_doubt;
        if own.known.is_empty() {
            return Roles { known: of_pool.known.clone(), in_doubt };
        }
        let more = own.known.iter().filter(|role| !of_pool.known.contains(role));
        Roles { known: of_pool.known.iter().chain(more).cloned().collect(), in_doubt }
    }
}

/// An address of each supply; none where one has no more, which is reported.
fn given(
    supplies: &mut [Supply],
    held: &Held<'_>,
    nodes: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<[IpAddr]>> {
    let mut addresses = Vec::with_capacity(supplies.len());
    for supply in supplies {
        match supply.take(held) {
            Some(address) => addresses.push(address),
            None => {
                diagnostics.push(supply.exhausted(nodes));
                return None;
            }
        }
    }
    Some(addresses.into())
}
