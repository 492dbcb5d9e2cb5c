//! Resolves consecutive addresses of a pool, from the first address on.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::nodes::Taken;
use super::parse::{reached, valid};
use super::pool_names::Range;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{PoolTable, Text};
use crate::source::Span;
use crate::values::{Family, Invalid, offset, parse_reached};

/// The addresses of a pool in one family: first and last.
#[derive(Debug, Clone)]
pub(super) struct Interval {
    pub(super) first: IpAddr,
    pub(super) last: IpAddr,
    pub(super) pool: String,
    pub(super) span: Span,
}

/// The addresses of a pool, for each family that it has; none where one of them is wrong.
pub(super) fn intervals(
    name: &Text,
    pool: &PoolTable,
    range: Option<&Range>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Interval>> {
    let firsts = [&pool.first_address, &pool.first_address_v6, &pool.first_address_v4].into_iter().flatten();
    let firsts: Vec<_> = firsts.map(|text| (text.span, reached(text, diagnostics))).collect();
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
            diagnostics.push(diagnostic.help("start at a lower address, or give the pool fewer names"));
        }
        let last = last.and_then(|last| {
            let parsed = parse_reached(&last.to_string());
            let of = |why: Invalid| Invalid {
                message: format!("pool `{}` ends at {last}: {}", name.value, why.message),
                ..why
            };
            valid(parsed.map_err(of), span, Code::BadPool, diagnostics)
        });
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
            let message = "a pool has `first-address` and one of these, not both";
            let help = "keep `first-address-v6` if `first-address` is IPv4, `first-address-v4` if it is IPv6";
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
        (true, true) => (*first_span, format!("`first-address` is {wanted}, the same family as `{key}`")),
    };
    let help = "others connect to `first-address`: write the IPv4 one as `first-address` and the other as \
                `first-address-v6`, or the IPv6 one and the other as `first-address-v4`";
    diagnostics.push(Diagnostic::new(Code::BadAddress, wrong.1).at(wrong.0, "").help(help));
    false
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
            let message = format!("pool `{}` overlaps node `{node}` at {address}", interval.pool);
            diagnostics.push(overlap(message, interval, *span));
        }
        let overlapping = |earlier: &&Interval| {
            let same = Family::of(&earlier.first) == family;
            same && earlier.first <= interval.last && interval.first <= earlier.last
        };
        if let Some(earlier) = intervals[..i].iter().find(overlapping) {
            let message = format!("pools `{}` and `{}` overlap", earlier.pool, interval.pool);
            diagnostics.push(overlap(message, interval, earlier.span));
        }
        for (_, (name, text)) in vips.range(interval.first..=interval.last) {
            let message = format!("pool `{}` overlaps VIP `{name}` at {}", interval.pool, text.value);
            diagnostics.push(overlap(message, interval, text.span));
        }
    }
}

/// The addresses of VIPs, each with the first VIP that has it.
pub(super) fn addresses_of_vips<'a>(written: Written<'a>) -> BTreeMap<IpAddr, (&'a str, &'a Text)> {
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
