//! Names of the plan, of nodes, and of DNS.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::Invalid;

/// A name in the plan: lower-case letters, digits, `-` and `.`, at most 63 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// A node's name: a DNS-1123 subdomain of at most 52 bytes, so that `system:node:` and it fit into a
/// common name (RFC 5280, ub-common-name 64).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeName(Arc<str>);

/// A DNS name: a DNS-1123 subdomain, or one below a wildcard label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(Arc<str>);

/// Why a name cannot end so.
const NUMBER: &str = "its last label is a number, so programs read it as an address";

fn labels(text: &str) -> Result<(), String> {
    for label in text.split('.') {
        if label.is_empty() {
            return Err("it has an empty label".to_owned());
        }
        if label.len() > 63 {
            return Err(format!("the label `{label}` is longer than 63 bytes"));
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && *c != '-') {
            return Err(format!("`{c}` is not allowed in it"));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("a label cannot begin or end with `-`".to_owned());
        }
    }
    Ok(())
}

/// Whether programs take a text for an address, well written or not: whatever its last label is a number of
/// (<https://url.spec.whatwg.org/#ends-in-a-number-checker>; RFC 1123, 2.1: the highest label is alphabetic).
fn ends_in_number(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
    hexadecimal || (!last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
}

/// What to write in place of a name that ends in a number.
fn instead_of_number(text: &str) -> String {
    let parts: Vec<Option<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    let zeros = text.split('.').any(|part| part.len() > 1 && part.starts_with('0'));
    match &parts[..] {
        [Some(_), Some(_), Some(_), Some(_)] if parts.iter().flatten().all(|part| *part < 256) && zeros => {
            let parts: Vec<String> = parts.iter().flatten().map(u32::to_string).collect();
            format!("an address has no leading zeros: `{}`", parts.join("."))
        }
        _ if parts.iter().all(Option::is_some) => {
            "for an address, write four numbers from 0 to 255, joined by dots".to_owned()
        }
        _ => "end it with a label that contains a letter".to_owned(),
    }
}

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let problem =
            if text.len() > 63 { Err("it is longer than 63 bytes".to_owned()) } else { labels(text) };
        match problem {
            Ok(()) => Ok(Self(text.into())),
            Err(why) => Err(Invalid::new(format!("`{text}` is not a name: {why}"))
                .help("use lower-case letters, digits, `-` and `.`")),
        }
    }
}

impl FromStr for NodeName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() > 52 {
            let message = format!("the node name `{text}` has {} bytes, at most 52 are allowed", text.len());
            return Err(Invalid::new(message).help(
                "a certificate's common name is `system:node:` and the name, and has at most 64 bytes",
            ));
        }
        let invalid = |why: String| Invalid::new(format!("`{text}` is not a node name: {why}"));
        if text.parse::<std::net::IpAddr>().is_ok() {
            let help = "choose a name, and write the address under `addresses`";
            return Err(invalid("it is an address".to_owned()).help(help));
        }
        let help = "use lower-case letters, digits, `-` and `.`, as in a DNS name";
        labels(text).map_err(|why| invalid(why).help(help))?;
        if ends_in_number(text) {
            return Err(invalid(NUMBER.to_owned()).help(instead_of_number(text)));
        }
        Ok(Self(text.into()))
    }
}

impl FromStr for DnsName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |why: String| Invalid::new(format!("`{text}` is not a DNS name: {why}"));
        if text.parse::<std::net::IpAddr>().is_ok() {
            return Err(invalid("it is an address".to_owned()).help("addresses belong under `ip`"));
        }
        if let Some(without) = text.strip_suffix('.') {
            return Err(invalid("it ends in a dot".to_owned()).help(format!("write `{without}`")));
        }
        if text.len() > 253 {
            return Err(invalid("it is longer than 253 bytes".to_owned()));
        }
        let below = text.strip_prefix("*.").unwrap_or(text);
        labels(below).map_err(|why| {
            let help = if text.chars().any(|c| c.is_ascii_uppercase()) {
                format!("write `{}`", text.to_ascii_lowercase())
            } else if text.contains('*') {
                "a wildcard must be the whole left label: `*.example.com`".to_owned()
            } else {
                "use lower-case letters, digits, `-` and `.`".to_owned()
            };
            invalid(why).help(help)
        })?;
        if ends_in_number(text) {
            return Err(invalid(NUMBER.to_owned()).help(instead_of_number(text)));
        }
        Ok(Self(text.into()))
    }
}

impl DnsName {
    /// Whether it stands for many names, so that nobody can dial it.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }
}

macro_rules! text_like {
    ($($name:ident),*) => {$(
        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, shared.
            #[must_use]
            pub fn shared(&self) -> Arc<str> {
                self.0.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_like!(Name, NodeName, DnsName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dns_names() {
        for good in
            ["kubernetes", "k8s.example.com", "*.example.com", "a-1.b", "10.0.0.1.example.com", "1.x1"]
        {
            assert!(good.parse::<DnsName>().is_ok(), "{good}");
        }
        for bad in ["", "a..b", "a_b", "A.b", "10.0.0.1", "fd00::1", "a.", "x.*.y", "*", "-a", "a-"] {
            assert!(bad.parse::<DnsName>().is_err(), "{bad}");
        }
        assert!(format!("{}.x", "a".repeat(64)).parse::<DnsName>().is_err());
    }

    #[test]
    fn addresses_that_were_mistyped_are_no_names() {
        let help = |text: &str| text.parse::<DnsName>().unwrap_err().help.unwrap_or_default();
        for bad in ["10.0.0.256", "192.168.1", "1", "a.1", "a.0x1f", "*.1"] {
            assert!(bad.parse::<DnsName>().is_err(), "{bad}");
            assert!(bad.parse::<NodeName>().is_err(), "{bad}");
        }
        assert_eq!(help("010.0.0.1"), "an address has no leading zeros: `10.0.0.1`");
        assert!(help("10.0.0.256").contains("0 to 255"), "{}", help("10.0.0.256"));
        assert!(help("a.1").contains("a letter"));
        assert!("10.0.0.1".parse::<NodeName>().unwrap_err().help.unwrap().contains("`addresses`"));
    }

    #[test]
    fn node_names_leave_room_for_the_prefix() {
        assert!("n".repeat(52).parse::<NodeName>().is_ok());
        assert!("n".repeat(53).parse::<NodeName>().is_err());
    }
}
