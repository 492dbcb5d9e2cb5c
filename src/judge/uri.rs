//! The host of URIs, as Go reads them: `Parse` of its net/url (url.go).

use super::address::is_address;

/// Where in a URI a text stands; each place has its own escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Host,
    Zone,
    Other,
}

/// The host with its port, without escapes; empty where there is none.
pub(super) fn host(text: &[u8]) -> Option<Vec<u8>> {
    let (uri, fragment) = cut(text, b'#');
    if uri.iter().any(u8::is_ascii_control) {
        return None;
    }
    if uri != b"*" {
        let host = without_fragment(uri)?;
        unescape(fragment, Part::Other)?;
        return Some(host);
    }
    unescape(fragment, Part::Other).map(|_| Vec::new())
}

fn without_fragment(uri: &[u8]) -> Option<Vec<u8>> {
    let (scheme, rest) = scheme(uri)?;
    let (rest, _) = cut(rest, b'?');
    if !rest.starts_with(b"/") {
        // RFC 3986, 4.2: the first segment of a relative path has no colon; after a scheme, all is opaque.
        let relative = scheme.is_none() && cut(rest, b'/').0.contains(&b':');
        return if relative { None } else { path(scheme, rest) };
    }
    if (scheme.is_some() || !rest.starts_with(b"///")) && rest.starts_with(b"//") {
        let rest = &rest[2..];
        let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
        let host = authority(scheme, &rest[..end])?;
        return unescape(&rest[end..], Part::Other).map(|_| host);
    }
    unescape(rest, Part::Other).map(|_| Vec::new())
}

fn path(scheme: Option<&[u8]>, rest: &[u8]) -> Option<Vec<u8>> {
    if scheme.is_none() {
        unescape(rest, Part::Other)?;
    }
    Some(Vec::new())
}

fn cut(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == at) {
        Some(position) => (&text[..position], &text[position + 1..]),
        None => (text, &[]),
    }
}

/// RFC 3986, 3.1
#[allow(clippy::type_complexity, reason = "what is before the colon, and what after")]
fn scheme(uri: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    for (at, byte) in uri.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return None,
            b':' => return Some((Some(&uri[..at]), &uri[at + 1..])),
            _ => break,
        }
    }
    Some((None, uri))
}

/// RFC 3986, 3.2
fn authority(scheme: Option<&[u8]>, text: &[u8]) -> Option<Vec<u8>> {
    match text.iter().rposition(|byte| *byte == b'@') {
        None => host_and_port(scheme, text),
        Some(at) => {
            let host = host_and_port(scheme, &text[at + 1..])?;
            let user = &text[..at];
            let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
            let (name, password) = cut(user, b':');
            (user.iter().all(allowed)
                && unescape(name, Part::Other).is_some()
                && unescape(password, Part::Other).is_some())
            .then_some(host)
        }
    }
}

/// RFC 3986, 3.2.2 and 3.2.3
fn host_and_port(scheme: Option<&[u8]>, text: &[u8]) -> Option<Vec<u8>> {
    match text.iter().rposition(|byte| *byte == b'[') {
        Some(0) => return literal(text),
        Some(_) => return None,
        None => {}
    }
    if let Some(first) = text.iter().position(|byte| *byte == b':') {
        let strict = scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https")
        });
        let last = text.iter().rposition(|byte| *byte == b':').unwrap_or(first);
        if !is_port(&text[if strict { first } else { last }..]) {
            return None;
        }
    }
    unescape(text, Part::Host)
}

/// `[fe80::1%25en0]:80` (RFC 6874)
fn literal(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte == b']')?;
    let (inside, port) = (&text[1..end], &text[end + 1..]);
    if !is_port(port) {
        return None;
    }
    let zone = inside.windows(3).position(|three| three == b"%25").unwrap_or(inside.len());
    let mut address = unescape(&inside[..zone], Part::Host)?;
    address.extend(unescape(&inside[zone..], Part::Zone)?);
    let readable = std::str::from_utf8(&address).ok()?;
    if !is_address(readable) || readable.parse::<std::net::Ipv4Addr>().is_ok() {
        return None;
    }
    Some([b"[", &address[..], b"]", port].concat())
}

fn is_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// RFC 3986, 2.1
fn unescape(text: &[u8], part: Part) -> Option<Vec<u8>> {
    let mut found = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digit = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
            let escaped = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
            let percent = after.starts_with(b"25");
            let allowed = match part {
                Part::Host => escaped >= 0x80 || percent,
                Part::Zone => percent || escaped == b' ' || is_in_hosts(escaped),
                Part::Other => true,
            };
            if !allowed {
                return None;
            }
            found.push(escaped);
            rest = &after[2..];
        } else {
            if part != Part::Other && byte < 0x80 && !is_in_hosts(byte) {
                return None;
            }
            found.push(byte);
            rest = after;
        }
    }
    Some(found)
}

/// What stands in a host without escapes; Go allows more than RFC 3986, 3.2.2.
fn is_in_hosts(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$&'()*+,;=:[]<>\"-_.~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_of_go() {
        for (text, expected) in [
            ("https://a.b/c?d#e", Some("a.b")),
            ("https://a:80", Some("a:80")),
            ("https://u:p@a", Some("a")),
            ("spiffe://a/b", Some("a")),
            ("mailto:a@b", Some("")),
            ("//a", Some("a")),
            ("///a", Some("")),
            ("a/b", Some("")),
            ("*", Some("")),
            ("", Some("")),
            ("https://[::1]:80", Some("[::1]:80")),
            ("https://[fe80::1%25en0]", Some("[fe80::1%en0]")),
            ("x://a:b:1", Some("a:b:1")),
            ("https://a%C3%A9", Some("a\u{e9}")),
            ("https://a:b:1", None),
            ("https://[1.2.3.4]", None),
            ("https://a[::1]", None),
            ("https://a:b", None),
            ("https://a b", None),
            ("https://a%20b", None),
            ("https://a/%2", None),
            ("https://a#%2", None),
            (":a", None),
            ("a:b:c", Some("")),
            ("1a:b", None),
            ("a\u{1}", None),
        ] {
            assert_eq!(host(text.as_bytes()), expected.map(|host| host.as_bytes().to_vec()), "{text}");
        }
    }
}
