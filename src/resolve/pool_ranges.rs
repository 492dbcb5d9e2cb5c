//! Assigns addresses to the nodes of a pool from its networks and ranges, in order, skipping those that are taken.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::pool_addresses::Interval;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{PoolTable, Text};
use crate::values::{Cidr, Family, Invalid, parse_reached};

/// The addresses of one family that a pool may give to its nodes.
pub(super) struct Supply {
    /// What is written, with the pool as its owner.
    pub(super) all: Interval,
    /// As it is written.
    text: String,
    /// The next one that may be free; none where all are given.
    next: Option<u128>,
    given: usize,
}

/// What somebody has.
pub(super) struct Held<'t> {
    pub(super) addresses: &'t BTreeSet<IpAddr>,
    pub(super) intervals: &'t [Interval],
}

/// The supplies of a pool, the first of which is that of the addresses that others connect to; none where one is wrong.
pub(super) fn supplies(name: &Text, pool: &PoolTable, diagnostics: &mut Diagnostics) -> Option<Vec<Supply>> {
    let mut supplies: Option<Vec<Supply>> = Some(Vec::new());
    for text in pool.addresses.iter().flatten() {
        let (first, last) = match bounds(&text.value) {
            Ok(bounds) => bounds,
            Err((code, invalid)) => {
                let diagnostic = Diagnostic::new(code, invalid.message).at(text.span, "");
                diagnostics.push(diagnostic.maybe_help(invalid.help));
                supplies = None;
                continue;
            }
        };
        let Some(known) = &mut supplies else { continue };
        let family = Family::of(&first);
        if let Some(earlier) = known.iter().find(|one| Family::of(&one.all.first) == family) {
            let message = format!("pool `{}` has two ranges of {family} addresses", name.value);
            let diagnostic = Diagnostic::new(Code::BadPool, message)
                .at(text.span, "")
                .at(earlier.all.span, "the other one");
            diagnostics.push(diagnostic.help("write one of each family, or split it into two pools"));
            supplies = None;
            continue;
        }
        known.push(Supply {
            all: Interval { first, last, pool: name.value.clone(), span: text.span },
            text: text.value.clone(),
            next: Some(number(first)),
            given: 0,
        });
    }
    supplies
}

impl Supply {
    /// The next address that nobody has.
    pub(super) fn take(&mut self, held: &Held<'_>) -> Option<IpAddr> {
        let (family, last) = (Family::of(&self.all.first), number(self.all.last));
        let mut at = self.next?;
        while at <= last {
            let address = address(family, at);
            let within = |one: &&Interval| {
                Family::of(&one.first) == family && one.first <= address && address <= one.last
            };
            if let Some(interval) = held.intervals.iter().find(within) {
                at = number(interval.last).checked_add(1)?;
            } else if held.addresses.contains(&address) {
                at = at.checked_add(1)?;
            } else {
                self.next = at.checked_add(1);
                self.given += 1;
                return Some(address);
            }
        }
        self.next = None;
        None
    }

    /// That it has no address for one more node.
    pub(super) fn exhausted(&self, nodes: usize) -> Diagnostic {
        let message = format!(
            "pool `{}` has {nodes} nodes, but {} has {} free addresses",
            self.all.pool, self.text, self.given
        );
        let diagnostic = Diagnostic::new(Code::BadPool, message).at(self.all.span, "");
        diagnostic.help("widen the range; addresses of nodes, VIPs and other pools in it are not free")
    }
}

/// The first and the last address of a network or a range.
fn bounds(text: &str) -> Result<(IpAddr, IpAddr), (Code, Invalid)> {
    let host = |address: IpAddr| {
        parse_reached(&address.to_string()).map(|_| ()).map_err(|invalid| (Code::BadAddress, invalid))
    };
    if let Some((first, last)) = text.split_once('-') {
        let one = |text: &str| parse_reached(text.trim()).map_err(|invalid| (Code::BadAddress, invalid));
        let (first, last) = (one(first)?, one(last)?);
        if Family::of(&first) != Family::of(&last) || first > last {
            let invalid = Invalid::new(format!("`{text}` does not go from a lower address to a higher one"));
            return Err((Code::BadPool, invalid));
        }
        return Ok((first, last));
    }
    if !text.contains('/') {
        let invalid = Invalid::new(format!("`{text}` is not a range of addresses"));
        let help = "write a network, `10.0.0.0/24`, or a first and a last address, `10.0.0.10-10.0.0.99`";
        return Err((Code::BadPool, invalid.help(help)));
    }
    let cidr: Cidr = text.parse().map_err(|invalid| (Code::BadCidr, invalid))?;
    let (first, last) = usable(&cidr);
    host(first)?;
    host(last)?;
    Ok((first, last))
}

/// The addresses of a network that hosts can have: neither that of the network (RFC 1122, section 3.2.1.3; in IPv6 that of
/// its routers, RFC 4291, section 2.6.1) nor that of a broadcast, unless it has but one or two (RFC 3021, RFC 6164).
fn usable(cidr: &Cidr) -> (IpAddr, IpAddr) {
    let family = cidr.family();
    let (first, last) = cidr.bounds();
    let (first, last) = (number(first), number(last));
    let skip = u128::from(last - first > 1);
    let end = if family == Family::V4 { last - skip } else { last };
    (address(family, first + skip), address(family, end))
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn address(family: Family, number: u128) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into(),
        Family::V6 => Ipv6Addr::from_bits(number).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_the_addresses_of_hosts() {
        let shown = |text: &str| {
            bounds(text).map(|(first, last)| format!("{first} {last}")).map_err(|(code, _)| code)
        };
        assert_eq!(shown("10.0.0.0/24").unwrap(), "10.0.0.1 10.0.0.254");
        assert_eq!(shown("10.0.0.4/31").unwrap(), "10.0.0.4 10.0.0.5");
        assert_eq!(shown("10.0.0.4/32").unwrap(), "10.0.0.4 10.0.0.4");
        assert_eq!(shown("fd00::/64").unwrap(), "fd00::1 fd00::ffff:ffff:ffff:ffff");
        assert_eq!(shown("fd00::2/127").unwrap(), "fd00::2 fd00::3");
        assert_eq!(shown("10.0.0.9-10.0.1.4").unwrap(), "10.0.0.9 10.0.1.4");
        assert_eq!(shown("10.0.0.9-10.0.0.4").unwrap_err(), Code::BadPool);
        assert_eq!(shown("10.0.0.9-fd00::1").unwrap_err(), Code::BadPool);
        assert_eq!(shown("10.0.0.9").unwrap_err(), Code::BadPool);
        assert_eq!(shown("10.0.0.1/24").unwrap_err(), Code::BadCidr);
        assert_eq!(shown("224.0.0.0/24").unwrap_err(), Code::BadAddress);
    }
}
