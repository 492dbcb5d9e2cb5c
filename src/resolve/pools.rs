//! `[pool.NAME]`: names with a range in braces, addresses that follow one another.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::inventory::Nodes;
use super::model::Node;
use super::nodes::Taken;
use super::parse::{address, optional, valid};
use super::roles::KnownRoles;
use super::secrets::Secrets;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{PoolTable, Text};
use crate::source::Span;
use crate::values::{Family, Interface, NodeName, offset};

/// Nodes that a plan may have: four of the largest clusters that Kubernetes is tested with
/// (<https://kubernetes.io/docs/setup/best-practices/cluster-large/>).
const LARGEST: u64 = 20_000;
/// Bytes that a node's name may have ([`NodeName`]).
const LONGEST: usize = 52;

/// The addresses of a pool in one family: first and last.
#[derive(Debug, Clone)]
pub(super) struct Interval {
    first: IpAddr,
    last: IpAddr,
    pool: String,
    span: Span,
}

struct Range {
    prefix: String,
    suffix: String,
    first: u64,
    count: u64,
    width: usize,
}

/// Adds the nodes of all pools; gives the addresses that they take.
pub(super) fn add<'a>(
    nodes: &mut Nodes<'a>,
    written: Written<'a>,
    roles: &KnownRoles<'_>,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Interval> {
    let mut all = Vec::new();
    let mut left = left(written, diagnostics);
    for (name, pool) in &written.document.pools {
        let of_pool = roles.of_node(pool.roles.as_ref(), &pool.unread, diagnostics);
        let range = pool.names.as_ref().and_then(|names| range(names, &mut left, diagnostics));
        let intervals = intervals(name, pool, range.as_ref(), diagnostics);
        let text = pool.names.as_ref();
        let names = text.zip(range).and_then(|(text, range)| range.names(text, diagnostics));
        let (Some(intervals), Some(names), Some(text)) = (&intervals, &names, text) else {
            nodes.miss_pool(&name.value, names.as_deref());
            all.extend(intervals.into_iter().flatten());
            continue;
        };
        let pool_name: Arc<str> = name.value.as_str().into();
        let interface: Option<Interface> =
            optional(pool.interface.as_ref(), Code::BadValue, diagnostics).flatten();
        for (index, node_name) in (0..).zip(names) {
            let node = Node {
                id: node_name.shared(),
                secret: secrets.of(pool.secret.as_ref()),
                name: node_name.clone(),
                addresses: intervals.iter().filter_map(|of| offset(of.first, index)).collect(),
                names: Arc::default(),
                roles: of_pool.known.clone(),
                interface: interface.clone(),
                priority: None,
                away: None,
                pool: Some(pool_name.clone()),
                origin: text.span,
            };
            if !nodes.add(node, of_pool.in_doubt, &pool.unread, diagnostics) {
                nodes.miss_pool(&name.value, Some(names));
                break;
            }
        }
        all.extend(intervals.iter().cloned());
    }
    all
}

/// The addresses of a pool, for each family that it has; none where one of them is wrong.
fn intervals(
    name: &Text,
    pool: &PoolTable,
    range: Option<&Range>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Interval>> {
    let firsts = [&pool.first_address, &pool.first_address_v6, &pool.first_address_v4].into_iter().flatten();
    let firsts: Vec<_> = firsts.map(|text| (text.span, address(text, diagnostics))).collect();
    if !of_their_families(pool, &firsts, diagnostics) {
        return None;
    }
    let range = range.filter(|_| pool.first_address.is_some())?;
    let mut intervals = Some(Vec::new());
    for (span, first) in firsts {
        let last = first.and_then(|first| offset(first, u128::from(range.count - 1)));
        if let (Some(_), None) = (first, last) {
            let message = format!(
                "the {} addresses of pool `{}` run past the end of the address space",
                range.count, name.value
            );
            let diagnostic = Diagnostic::new(Code::BadPool, message).at(span, "from here");
            diagnostics.push(diagnostic.help("begin at a lower address, or give the pool fewer names"));
        }
        intervals = intervals.zip(first.zip(last)).map(|(mut intervals, (first, last))| {
            intervals.push(Interval { first, last, pool: name.value.clone(), span });
            intervals
        });
    }
    intervals
}

/// Whether the second address is of the family that its key says, and the first one of the other.
fn of_their_families(
    pool: &PoolTable,
    firsts: &[(Span, Option<IpAddr>)],
    diagnostics: &mut Diagnostics,
) -> bool {
    let (key, wanted) = match (&pool.first_address_v6, &pool.first_address_v4) {
        (Some(_), Some(second)) => {
            let message = "a pool has a first address and one of the other family, not two of these";
            let help =
                "keep `first-address-v6` where `first-address` is IPv4, `first-address-v4` where it is IPv6";
            diagnostics.push(Diagnostic::new(Code::BadPool, message).at(second.span, "").help(help));
            return false;
        }
        (Some(_), None) => ("first-address-v6", Family::V6),
        (None, Some(_)) => ("first-address-v4", Family::V4),
        (None, None) => return true,
    };
    let [(first_span, Some(first)), (span, Some(second))] = firsts else { return true };
    let wrong = match (Family::of(first) == wanted, Family::of(second) == wanted) {
        (false, true) => return true,
        (_, false) => (*span, format!("`{key}` takes an {wanted} address")),
        (true, true) => (*first_span, format!("the first address is {wanted}, as that of `{key}`")),
    };
    let help = "the first address is the one that others dial: write the IPv4 one as `first-address` and the other as \
                `first-address-v6`, or the IPv6 one and the other as `first-address-v4`";
    diagnostics.push(Diagnostic::new(Code::BadAddress, wrong.1).at(wrong.0, "").help(help));
    false
}

/// How many nodes pools may have besides those with a table of their own; none where those are too many.
fn left(written: Written<'_>, diagnostics: &mut Diagnostics) -> Option<u64> {
    let nodes = &written.document.nodes;
    let left = LARGEST.checked_sub(u64::try_from(nodes.len()).unwrap_or(u64::MAX));
    if let (None, Some((name, _))) = (left, nodes.last()) {
        diagnostics.push(too_many(name.span));
    }
    left
}

fn too_many(span: Span) -> Diagnostic {
    let message = format!("this plan has more than {LARGEST} nodes");
    Diagnostic::new(Code::TooMany, message).at(span, "").help("make several plans of it")
}

/// The nodes of a pool, which are taken off those that are left; nothing is left after a pool that is too large.
fn range(text: &Text, left: &mut Option<u64>, diagnostics: &mut Diagnostics) -> Option<Range> {
    if text.value.len() > 3 * LONGEST {
        let message =
            format!("these names have {} bytes, and the name of a node has {LONGEST}", text.value.len());
        diagnostics.push(Diagnostic::new(Code::BadPool, message).at(text.span, ""));
        return None;
    }
    let range = parse_range(&text.value);
    if let (Some(range), Some(before)) = (&range, *left) {
        *left = before.checked_sub(range.count);
        if left.is_none() {
            diagnostics.push(too_many(text.span));
        }
    }
    if range.is_none() {
        let message = format!("`{}` does not name the nodes of a pool", text.value);
        let help = format!("write one range in braces, `worker-{{001..250}}`, of at most {LARGEST} nodes");
        diagnostics.push(Diagnostic::new(Code::BadPool, message).at(text.span, "").help(help));
    }
    range.filter(|_| left.is_some())
}

impl Range {
    /// The names of all nodes; none where one is wrong.
    fn names(&self, text: &Text, diagnostics: &mut Diagnostics) -> Option<Vec<NodeName>> {
        let mut names = Vec::new();
        for index in 0..self.count {
            let name =
                format!("{}{:0width$}{}", self.prefix, self.first + index, self.suffix, width = self.width);
            names.push(valid(name.parse(), text.span, Code::BadNodeName, diagnostics)?);
        }
        Some(names)
    }
}

/// A pool's addresses must be free: of other nodes, of other pools, of VIPs.
pub(super) fn overlaps(
    written: Written<'_>,
    intervals: &[Interval],
    taken: &Taken,
    diagnostics: &mut Diagnostics,
) {
    let vips = addresses_of_vips(written);
    for (i, interval) in intervals.iter().enumerate() {
        let family = Family::of(&interval.first);
        let mut within = taken.range(interval.first..=interval.last);
        if let Some((address, (node, span))) = within.find(|(address, _)| Family::of(address) == family) {
            let message = format!("pool `{}` runs into node `{node}` at {address}", interval.pool);
            diagnostics.push(overlap(message, interval, *span));
        }
        let overlapping = |earlier: &&Interval| {
            let same = Family::of(&earlier.first) == family;
            same && earlier.first <= interval.last && interval.first <= earlier.last
        };
        if let Some(earlier) = intervals[..i].iter().find(overlapping) {
            let message =
                format!("pools `{}` and `{}` have addresses in common", earlier.pool, interval.pool);
            diagnostics.push(overlap(message, interval, earlier.span));
        }
        for (_, (name, text)) in vips.range(interval.first..=interval.last) {
            let message = format!("pool `{}` runs into VIP `{name}` at {}", interval.pool, text.value);
            diagnostics.push(overlap(message, interval, text.span));
        }
    }
}

/// The addresses of VIPs, each with the first VIP that has it.
fn addresses_of_vips<'a>(written: Written<'a>) -> BTreeMap<IpAddr, (&'a str, &'a Text)> {
    let mut all = BTreeMap::new();
    for (name, vip) in &written.document.vips {
        for text in vip.addresses.iter().flatten() {
            if let Ok(address) = text.value.parse() {
                all.entry(address).or_insert((name.value.as_str(), text));
            }
        }
    }
    all
}

fn overlap(message: String, interval: &Interval, other: Span) -> Diagnostic {
    let label = format!("{} to {}", interval.first, interval.last);
    Diagnostic::new(Code::PoolOverlap, message)
        .at(interval.span, label)
        .at(other, "this one")
        .help("move the first address, or give the pool fewer names")
}

fn parse_range(text: &str) -> Option<Range> {
    let (prefix, rest) = text.split_once('{')?;
    let (inside, suffix) = rest.split_once('}')?;
    let (first, last) = inside.split_once("..")?;
    if suffix.contains(['{', '}']) {
        return None;
    }
    let (low, high): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let count = high.checked_sub(low)?.checked_add(1)?;
    Some(Range {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        first: low,
        count,
        width: first.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let range = parse_range("worker-{0001..9990}.x").unwrap();
        assert_eq!((range.first, range.count, range.width), (1, 9990, 4));
        for bad in
            ["worker", "w-{1..}", "w-{5..1}", "w-{1..2}{3..4}", "w-{0..18446744073709551615}", "w-{a..b}"]
        {
            assert!(parse_range(bad).is_none(), "{bad}");
        }
    }
}
