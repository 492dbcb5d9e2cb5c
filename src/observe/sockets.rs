//! Parses addresses and ports as inputs write them.

use std::net::IpAddr;
use std::sync::Arc;

use crate::wiring::{Route, Socket, Target};

/// `https://10.0.0.1:2379`, `0.0.0.0:8443`, `:8443`, `*:8443`, `[::]:8443`, `localhost:2379`
pub(super) fn socket(text: &str, section: Option<Arc<str>>) -> Option<Socket> {
    let (tls, host, port) = parts(text)?;
    let address = match &*host {
        "" | "*" => None,
        "localhost" => Some(IpAddr::from([127, 0, 0, 1])),
        host => Some(host.parse::<IpAddr>().ok()?.to_canonical()),
    };
    Some(Socket { address: address.filter(|address| !address.is_unspecified()), port, tls, section })
}

/// What is dialled at such an address.
pub(super) fn target(text: &str, section: Option<Arc<str>>) -> Option<Target> {
    let (tls, host, port) = parts(text)?;
    if host.is_empty() {
        return None;
    }
    Some(Target { host: host.into(), port, tls, server_name: None, section, route: Route::Address })
}

/// Whether TLS is spoken, host without brackets, and port. Without a scheme TLS is.
fn parts(text: &str) -> Option<(bool, String, u16)> {
    let (tls, usual, rest) = match text.split_once("://") {
        Some(("https", rest)) => (true, Some(443), rest),
        Some(("http", rest)) => (false, Some(80), rest),
        Some(_) => return None,
        None => (true, None, text),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => usual?,
    };
    Some((tls, host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_form() {
        let of = |text| parts(text).map(|(tls, host, port)| format!("{tls} {host} {port}"));
        assert_eq!(of("https://10.0.0.1:2379").as_deref(), Some("true 10.0.0.1 2379"));
        assert_eq!(of("https://api.example").as_deref(), Some("true api.example 443"));
        assert_eq!(of("http://[fd00::1]:80/x").as_deref(), Some("false fd00::1 80"));
        assert_eq!(of("[::]:8443").as_deref(), Some("true :: 8443"));
        assert_eq!(of(":8443").as_deref(), Some("true  8443"));
        assert_eq!(of("unix:///run/x"), None);
        assert_eq!(of("10.0.0.1"), None);
        assert_eq!(socket("*:8443", None).map(|socket| socket.address), Some(None));
        assert_eq!(target(":8443", None), None);
    }
}
