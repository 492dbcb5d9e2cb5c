//! Subject alternative names (RFC 5280, 4.2.1.6) and extended key usages (4.2.1.12).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use super::{DnsName, Invalid};

/// One name of a certificate. Sorted by kind, then by value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlternativeName {
    /// A DNS name.
    Dns(DnsName),
    /// An address.
    Ip(IpAddr),
    /// A URI such as `spiffe://cluster/ns/x`.
    Uri(Arc<str>),
    /// A mail address.
    Email(Arc<str>),
}

impl AlternativeName {
    /// A URI.
    ///
    /// # Errors
    /// When it has no scheme, or holds other characters than RFC 3986 section 2 allows. Go parses the URIs
    /// of a certificate and refuses the whole certificate for a scheme that is none.
    pub fn uri(text: &str) -> Result<Self, Invalid> {
        let plain =
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b));
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(letter)
        };
        let has_host = |rest: &str| {
            rest.strip_prefix("//").is_none_or(|host| !host.is_empty() && !host.starts_with('/'))
        };
        match text.split_once(':') {
            Some((scheme, rest)) if plain && is_scheme(scheme) && !rest.is_empty() && has_host(rest) => {
                Ok(Self::Uri(text.into()))
            }
            _ => {
                Err(Invalid::new(format!("`{text}` is not a URI"))
                    .help("write a scheme and the rest of the URI"))
            }
        }
    }

    /// What it names, without the word of its kind.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Dns(name) => name.to_string(),
            Self::Ip(address) => address.to_string(),
            Self::Uri(text) | Self::Email(text) => text.to_string(),
        }
    }

    /// A mail address.
    ///
    /// # Errors
    /// When it is not `local@domain` in printable ASCII.
    pub fn email(text: &str) -> Result<Self, Invalid> {
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        match text.split_once('@') {
            Some((local, domain))
                if plain
                    && !local.is_empty()
                    && !domain.starts_with('*')
                    && domain.parse::<DnsName>().is_ok() =>
            {
                Ok(Self::Email(text.into()))
            }
            _ => Err(Invalid::new(format!("`{text}` is not a mail address"))),
        }
    }
}

impl FromStr for AlternativeName {
    type Err = Invalid;

    /// An address where the text is one, else a DNS name.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.parse::<IpAddr>().is_ok() {
            return super::parse_address(text).map(Self::Ip);
        }
        text.parse().map(Self::Dns)
    }
}

impl fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::Uri(uri) => write!(f, "URI:{uri}"),
            Self::Email(email) => write!(f, "email:{email}"),
        }
    }
}

/// What a certificate may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usage {
    /// id-kp-clientAuth
    Client,
    /// id-kp-serverAuth
    Server,
}

impl FromStr for Usage {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "client" => Ok(Self::Client),
            "server" => Ok(Self::Server),
            _ => {
                Err(Invalid::new(format!("`{text}` is not a usage")).help("write `client`, `server` or both"))
            }
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Server => "server",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_mailboxes() {
        for good in ["spiffe://cluster.local/ns/a", "urn:uuid:1", "https://a.b:1/c?d=e%20f"] {
            assert!(AlternativeName::uri(good).is_ok(), "{good}");
        }
        for bad in ["", "a", ":a", "a:", "1a:b", "http://", "https:///x", "a:\"<>", "http://ä"] {
            assert!(AlternativeName::uri(bad).is_err(), "{bad}");
        }
        assert!(AlternativeName::email("first.last+tag@example.com").is_ok());
        for bad in ["a", "@b", "a@", "a@b@c", "a b@c", "a@*.b", "a@10.0.0.1"] {
            assert!(AlternativeName::email(bad).is_err(), "{bad}");
        }
    }
}
