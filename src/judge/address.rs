//! Parses addresses as `ParseAddr` of Go's net/netip does.

use std::net::{IpAddr, Ipv6Addr};

/// `netip.ParseAddr`: an IPv6 address may have a zone.
pub(super) fn address_of(text: &str) -> Option<IpAddr> {
    match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        Some(_) => None,
        None => text.parse().ok(),
    }
}

/// Whether Go reads it as an address.
pub(super) fn is_address(text: &str) -> bool {
    address_of(text).is_some()
}
