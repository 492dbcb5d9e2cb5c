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
    /// When it has no scheme or holds anything but printable ASCII.
    pub fn uri(text: &str) -> Result<Self, Invalid> {
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        match text.split_once(':') {
            Some((scheme, rest)) if plain && !scheme.is_empty() && !rest.is_empty() => Ok(Self::Uri(text.into())),
            _ => Err(Invalid::new(format!("`{text}` is not a URI")).help("write a scheme and what follows it")),
        }
    }

    /// A mail address.
    ///
    /// # Errors
    /// When it is not `local@domain` in printable ASCII.
    pub fn email(text: &str) -> Result<Self, Invalid> {
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        match text.split_once('@') {
            Some((local, domain)) if plain && !local.is_empty() && domain.parse::<DnsName>().is_ok() => {
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
            _ => Err(Invalid::new(format!("`{text}` is not a usage")).help("write `client`, `server` or both")),
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
