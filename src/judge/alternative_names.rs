//! The subject alternative name (RFC 5280, 4.2.1.6): `parseSANExtension` of Go's crypto/x509 (parser.go).

use std::net::{IpAddr, Ipv6Addr};

use super::domain::is_domain;
use super::reader::{Reader, tag};
use super::uri;

/// Names of the four kinds that Go reads; others are nothing to it.
#[derive(Debug, Clone, Default)]
pub(super) struct AlternativeNames<'a> {
    /// The extension's value, by which Go tells certificates of one key apart.
    pub(super) whole: &'a [u8],
    pub(super) dns: Vec<&'a [u8]>,
    pub(super) email: Vec<&'a [u8]>,
    /// Hosts of URIs, with their ports; empty where a URI has none.
    pub(super) hosts: Vec<Vec<u8>>,
    /// 4 or 16 bytes.
    pub(super) ip: Vec<&'a [u8]>,
}

impl<'a> AlternativeNames<'a> {
    pub(super) fn parse(mut value: Reader<'a>) -> Option<Self> {
        let mut names = Self { whole: value.0, ..Self::default() };
        let mut list = value.inside(tag::SEQUENCE)?;
        while !list.is_empty() {
            let name = list.any()?;
            match name.tag {
                EMAIL => names.email.push(ascii(name.content)?),
                DNS => names.dns.push(ascii(name.content)?),
                URI => {
                    let host = uri::host(ascii(name.content)?).filter(|host| is_domain(host))?;
                    names.hosts.push(host);
                }
                IP if is_address(name.content) => names.ip.push(name.content),
                IP => return None,
                _ => {}
            }
        }
        Some(names)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.email.is_empty() && self.hosts.is_empty() && self.ip.is_empty()
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.ip.iter().filter_map(|bytes| match *bytes {
            [a, b, c, d] => Some(IpAddr::from([*a, *b, *c, *d])),
            bytes => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        })
    }
}

/// rfc822Name
pub(super) const EMAIL: u8 = tag::context(1);
/// dNSName
pub(super) const DNS: u8 = tag::context(2);
/// uniformResourceIdentifier
pub(super) const URI: u8 = tag::context(6);
/// iPAddress
pub(super) const IP: u8 = tag::context(7);

/// IA5String
pub(super) fn ascii(text: &[u8]) -> Option<&[u8]> {
    Some(text).filter(|text| text.is_ascii())
}

/// Four bytes, or sixteen that are not IPv4 mapped into IPv6.
pub(super) fn is_address(bytes: &[u8]) -> bool {
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => Ipv6Addr::from(bytes).to_ipv4_mapped().is_none(),
        Err(_) => bytes.len() == 4,
    }
}
