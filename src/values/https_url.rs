//! URLs of servers outside the plan: exactly `https://HOST:PORT`.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use super::{DnsName, Invalid, parse_address};

/// Host and port of a server that speaks TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsUrl {
    /// An address, without brackets, or a DNS name.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(f, "https://[{host}]:{port}")
        } else {
            write!(f, "https://{host}:{port}")
        }
    }
}

impl FromStr for HttpsUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(format!("`{text}` is not the URL of a TLS server"))
                .help("write `https://HOST:PORT`, an IPv6 address in brackets")
        };
        let (host, port) =
            text.strip_prefix("https://").and_then(|rest| rest.rsplit_once(':')).ok_or_else(invalid)?;
        let port = port.parse().ok().filter(|port| *port > 0 && !text.ends_with(':')).ok_or_else(invalid)?;
        let host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            Some(inner) => parse_address(inner)?.to_string(),
            None if host.parse::<Ipv4Addr>().is_ok() => parse_address(host)?.to_string(),
            None => dialled(host, invalid)?.to_string(),
        };
        Ok(Self { host, port })
    }
}

/// A name that somebody can dial.
fn dialled(host: &str, invalid: impl Fn() -> Invalid) -> Result<DnsName, Invalid> {
    let name = match DnsName::from_str(host) {
        Ok(name) => name,
        // What looks like a name says itself what is wrong with it.
        Err(why) if host.contains('.') && !host.contains([':', '/', '@']) => return Err(why),
        Err(_) => return Err(invalid()),
    };
    if name.is_wildcard() {
        let message = format!("`{name}` is a wildcard, but clients connect to this name");
        return Err(Invalid::new(message).help("write one name of the server"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_means() {
        let read = |text: &str| text.parse::<HttpsUrl>().map(|url| (url.host, url.port)).ok();
        assert_eq!(read("https://10.0.0.1:2379"), Some(("10.0.0.1".into(), 2379)));
        assert_eq!(read("https://[fd00::1]:2379"), Some(("fd00::1".into(), 2379)));
        assert_eq!(read("https://etcd.example.com:443"), Some(("etcd.example.com".into(), 443)));
        for wrong in [
            "http://a:1",
            "https://a",
            "https://a:0",
            "https://a:1/",
            "https://fd00::1:2379",
            "https://:1",
            "https://0.0.0.0:1",
            "https://A:1",
            "https://10.0.0.256:1",
            "https://*.example.com:1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
