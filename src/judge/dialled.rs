//! Checks whether a certificate is valid for a dialled name: `VerifyHostname` of Go's crypto/x509 (verify.go).
//!
//! Common names never count.

use std::net::IpAddr;

use super::address::address_of;
use super::alternative_names::AlternativeNames;

/// What a client dials, as Go takes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialled {
    /// An address, which only addresses of certificates match.
    Address(IpAddr),
    /// Anything else, in lower case.
    Host(String),
}

impl Dialled {
    /// Reads the host of a URL, or what Go's `tls.Config.ServerName` holds: `[::1]` is an address, and a zone does
    /// not count. None for the empty text, for which Go compares nothing.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let address = inside.filter(|inside| !inside.is_empty()).unwrap_or(text);
        match address_of(address) {
            Some(address) => Some(Self::Address(address.to_canonical())),
            None => (!text.is_empty()).then(|| Self::Host(text.to_ascii_lowercase())),
        }
    }

    /// Whether a certificate with these names is for it.
    pub(super) fn is_among(&self, names: Option<&AlternativeNames<'_>>) -> bool {
        let Some(names) = names else { return false };
        match self {
            Self::Address(address) => names.addresses().any(|name| name.to_canonical() == *address),
            Self::Host(host) => {
                names.dns.iter().any(|name| matches(&name.to_ascii_lowercase(), host.as_bytes()))
            }
        }
    }
}

/// Both are in lower case. A wildcard is the whole first label, and stands for one.
fn matches(pattern: &[u8], host: &[u8]) -> bool {
    let dialled = host.strip_suffix(b".").unwrap_or(host);
    if !is_hostname(dialled, false) || !is_hostname(pattern, true) {
        return pattern == host && !matches!(host, b"" | b".");
    }
    let (mut expected, mut labels) = (pattern.split(is_dot), dialled.split(is_dot));
    match (expected.next(), labels.next()) {
        (Some(b"*"), Some(_)) => expected.eq(labels),
        (first, label) => first == label && expected.eq(labels),
    }
}

fn is_dot(byte: &u8) -> bool {
    *byte == b'.'
}

/// `validHostname`
fn is_hostname(text: &[u8], pattern: bool) -> bool {
    let is_byte =
        |(at, byte): (usize, &u8)| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-' && at > 0;
    let is_label = |(at, label): (usize, &[u8])| {
        !label.is_empty() && (pattern && at == 0 && label == b"*" || label.iter().enumerate().all(is_byte))
    };
    text != b"*" && text.split(is_dot).enumerate().all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_match_as_in_go() {
        for (pattern, host, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.b.", true),
            ("a.b", "a.b..", false),
            ("a.b.", "a.b", false),
            ("a.b.", "a.b.", true),
            ("*.b", "a.b", true),
            ("*.b", "a.a.b", false),
            ("*.b", "b", false),
            ("a*.b", "ab.b", false),
            ("b.*.c", "b.a.c", false),
            ("*", "a", false),
            ("a_b", "a_b", true),
            ("-a", "-a", true),
            ("", "", false),
            (".", ".", false),
            ("a b", "a b", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), host.as_bytes()), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn addresses_are_not_hosts() {
        let address = |text: &str| text.parse().ok().map(Dialled::Address);
        assert_eq!(Dialled::new("10.0.0.1"), address("10.0.0.1"));
        assert_eq!(Dialled::new("[::1]"), address("::1"));
        assert_eq!(Dialled::new("fe80::1%eth0"), address("fe80::1"));
        assert_eq!(Dialled::new("::ffff:10.0.0.1"), address("10.0.0.1"));
        assert_eq!(Dialled::new("10.0.0.1."), Some(Dialled::Host("10.0.0.1.".into())));
        assert_eq!(Dialled::new("A.b"), Some(Dialled::Host("a.b".into())));
        assert_eq!(Dialled::new(""), None);
    }
}
