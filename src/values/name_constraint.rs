//! Name constraints of authorities: DNS names and addresses (RFC 5280, 4.2.1.10).

use std::fmt;

use super::{AlternativeName, Cidr, DnsName};

/// Names that an authority may or may not certify. Sorted by kind, then by value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameConstraint {
    /// A DNS name and all below it.
    Dns(DnsName),
    /// The addresses of a network.
    Ip(Cidr),
}

impl NameConstraint {
    /// Whether it is about names of this kind. IPv4 and IPv6 are one kind.
    #[must_use]
    pub fn concerns(&self, name: &AlternativeName) -> bool {
        matches!(
            (self, name),
            (Self::Dns(_), AlternativeName::Dns(_)) | (Self::Ip(_), AlternativeName::Ip(_))
        )
    }

    /// Whether all that the name stands for lies within.
    #[must_use]
    pub fn holds(&self, name: &AlternativeName) -> bool {
        match (self, name) {
            (Self::Dns(above), AlternativeName::Dns(name)) => {
                let name = name.as_str();
                is_at_or_below(name.strip_prefix("*.").unwrap_or(name), above.as_str())
            }
            (Self::Ip(network), AlternativeName::Ip(address)) => network.contains(address),
            _ => false,
        }
    }

    /// Whether anything that the name stands for lies within: of a wildcard one name is enough.
    #[must_use]
    pub fn touches(&self, name: &AlternativeName) -> bool {
        let below_wildcard = match (self, name) {
            (Self::Dns(above), AlternativeName::Dns(name)) => {
                let parent = above.as_str().split_once('.').map(|(_, parent)| parent);
                parent.is_some() && name.as_str().strip_prefix("*.") == parent
            }
            _ => false,
        };
        below_wildcard || self.holds(name)
    }
}

fn is_at_or_below(name: &str, above: &str) -> bool {
    name.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl fmt::Display for NameConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Ip(network) => write!(f, "IP:{network}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lie_within() {
        let dns = |text: &str| NameConstraint::Dns(text.parse().unwrap());
        let name = |text: &str| text.parse::<AlternativeName>().unwrap();
        for (constraint, within, all, any) in [
            ("example.com", "example.com", true, true),
            ("example.com", "a.b.example.com", true, true),
            ("example.com", "*.example.com", true, true),
            ("example.com", "badexample.com", false, false),
            ("example.com", "com", false, false),
            ("a.example.com", "*.example.com", false, true),
            ("a.b.example.com", "*.example.com", false, false),
            ("a.example.com", "*.a.example.com", true, true),
        ] {
            assert_eq!(dns(constraint).holds(&name(within)), all, "{constraint} {within}");
            assert_eq!(dns(constraint).touches(&name(within)), any, "{constraint} {within}");
        }
        let network = NameConstraint::Ip("10.0.0.0/8".parse().unwrap());
        assert!(network.holds(&name("10.1.2.3")) && !network.holds(&name("11.0.0.0")));
        assert!(network.concerns(&name("fd00::1")) && !network.holds(&name("fd00::1")));
        assert!(!network.concerns(&name("a")) && !dns("a").concerns(&name("10.0.0.1")));
        assert_eq!([network.to_string(), dns("a.b").to_string()], ["IP:10.0.0.0/8", "DNS:a.b"]);
    }
}
