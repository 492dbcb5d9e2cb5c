//! Pools: names with a range in braces, addresses that follow one another.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Model, Node, Resolver};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{Pool, Text};
use crate::source::Span;
use crate::values::{NodeName, parse_address};

/// Nodes that one pool may have: two of the largest clusters that Kubernetes is tested with.
const LARGEST: u64 = 100_000;

/// The addresses of a pool in one family: first and last.
#[derive(Debug, Clone)]
pub(super) struct Interval {
    pub(super) first: IpAddr,
    pub(super) last: IpAddr,
    pub(super) pool: String,
    pub(super) span: Span,
}

struct Range {
    prefix: String,
    suffix: String,
    first: u64,
    count: u64,
    width: usize,
}

impl Resolver<'_> {
    /// Adds the nodes of all pools and returns the addresses they take.
    pub(super) fn pools(&mut self, model: &mut Model) -> Vec<Interval> {
        let document = self.document;
        let mut intervals = Vec::new();
        for (name, pool) in &document.pools {
            self.pool(name, pool, model, &mut intervals);
        }
        intervals
    }

    fn pool(&mut self, name: &Text, pool: &Pool, model: &mut Model, intervals: &mut Vec<Interval>) {
        let roles = self.roles(pool.roles.as_ref());
        let Some(names) = &pool.names else { return };
        let Some(range) = self.range(names) else { return };
        let firsts = [&pool.first_address, &pool.first_address_v6];
        let mut starts = Vec::new();
        for text in firsts.into_iter().flatten() {
            let Some(first) = self.address(text) else { return };
            let Some(last) = crate::values::offset(first, u128::from(range.count - 1)) else {
                let message = format!(
                    "the {} addresses of pool `{}` run past the end of the address space",
                    range.count, name.value
                );
                self.push(
                    Diagnostic::new(Code::BadPool, message)
                        .at(text.span, "from here")
                        .help("begin at a lower address, or give the pool fewer names"),
                );
                return;
            };
            intervals.push(Interval { first, last, pool: name.value.clone(), span: text.span });
            starts.push(first);
        }
        let pool_name: Arc<str> = name.value.as_str().into();
        let interface: Option<Arc<str>> = pool.interface.as_ref().map(|text| text.value.as_str().into());
        let secret = self.secret(&[pool.secret.as_ref()]);
        for index in 0..range.count {
            let text = format!(
                "{}{:0width$}{}",
                range.prefix,
                range.first + index,
                range.suffix,
                width = range.width
            );
            let node_name: NodeName = match text.parse() {
                Ok(node_name) => node_name,
                Err(invalid) => return self.invalid(&invalid, names.span, Code::BadNodeName),
            };
            let addresses =
                starts.iter().filter_map(|first| crate::values::offset(*first, u128::from(index))).collect();
            let node = Node {
                id: node_name.shared(),
                secret,
                name: node_name,
                addresses,
                roles: roles.clone(),
                interface: interface.clone(),
                priority: None,
                pool: Some(pool_name.clone()),
                origin: names.span,
            };
            if !self.add_node(node, model) {
                return;
            }
        }
    }

    fn range(&mut self, text: &Text) -> Option<Range> {
        let range = parse_range(&text.value);
        if range.is_none() {
            let message = format!("`{}` does not name the nodes of a pool", text.value);
            let help =
                format!("write one range in braces, `worker-{{001..250}}`, of at most {LARGEST} nodes");
            self.push(Diagnostic::new(Code::BadPool, message).at(text.span, "").help(help));
        }
        range
    }

    pub(super) fn address(&mut self, text: &Text) -> Option<IpAddr> {
        match parse_address(&text.value) {
            Ok(address) => Some(address),
            Err(invalid) => {
                self.invalid(&invalid, text.span, Code::BadAddress);
                None
            }
        }
    }
}

fn parse_range(text: &str) -> Option<Range> {
    let (prefix, rest) = text.split_once('{')?;
    let (inside, suffix) = rest.split_once('}')?;
    let (first, last) = inside.split_once("..")?;
    if suffix.contains(['{', '}']) {
        return None;
    }
    let (low, high): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let count = high.checked_sub(low)?.checked_add(1).filter(|count| *count <= LARGEST)?;
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
        for bad in ["worker", "w-{1..}", "w-{5..1}", "w-{1..2}{3..4}", "w-{1..999999999}", "w-{a..b}"] {
            assert!(parse_range(bad).is_none(), "{bad}");
        }
    }
}
