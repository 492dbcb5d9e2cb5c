//! Name constraints of authorities: URIs and mail addresses (RFC 5280, 4.2.1.10).
//!
//! Plans cannot write them, but imported authorities may have them.

use std::sync::Arc;

use super::AlternativeName;

/// URIs or mail addresses that an authority may or may not certify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextConstraint {
    /// A mailbox, the mailboxes of a host, or, behind a dot, those of the hosts below one.
    Email(Arc<str>),
    /// The URIs of a host, or, behind a dot, those of the hosts below one.
    Uri(Arc<str>),
}

impl TextConstraint {
    /// Whether it is about names of this kind.
    #[must_use]
    pub fn concerns(&self, name: &AlternativeName) -> bool {
        matches!(
            (self, name),
            (Self::Email(_), AlternativeName::Email(_)) | (Self::Uri(_), AlternativeName::Uri(_))
        )
    }

    /// Whether the name lies within.
    #[must_use]
    pub fn holds(&self, name: &AlternativeName) -> bool {
        match (self, name) {
            (Self::Email(of), AlternativeName::Email(mailbox)) => {
                match (of.split_once('@'), mailbox.split_once('@')) {
                    (Some((local, host)), Some((name, at))) => local == name && host.eq_ignore_ascii_case(at),
                    (None, Some((_, at))) => is_within(at, of),
                    (_, None) => false,
                }
            }
            (Self::Uri(of), AlternativeName::Uri(uri)) => host(uri).is_some_and(|host| is_within(host, of)),
            _ => false,
        }
    }

    /// Whether the name must not be certified where this is excluded: of a URI without a host nobody can say.
    #[must_use]
    pub fn touches(&self, name: &AlternativeName) -> bool {
        let is_hostless =
            matches!((self, name), (Self::Uri(_), AlternativeName::Uri(uri)) if host(uri).is_none());
        is_hostless || self.holds(name)
    }
}

/// The host of a URI that has one.
fn host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

fn is_within(host: &str, of: &str) -> bool {
    let (host, of) = (host.to_ascii_lowercase(), of.to_ascii_lowercase());
    if of.starts_with('.') { host.ends_with(&of) } else { of.is_empty() || host == of }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lie_within() {
        let uri = |text: &str| TextConstraint::Uri(text.into());
        let email = |text: &str| TextConstraint::Email(text.into());
        let of_uri = |text: &str| AlternativeName::uri(text).unwrap();
        let of_email = |text: &str| AlternativeName::email(text).unwrap();
        for (constraint, name, expected) in [
            (uri(".example.com"), of_uri("spiffe://a.Example.com/x"), true),
            (uri(".example.com"), of_uri("spiffe://example.com/x"), false),
            (uri("example.com"), of_uri("https://u@example.com:1/x"), true),
            (uri("example.com"), of_uri("spiffe://other.org/x"), false),
            (uri("example.com"), of_uri("urn:example.com"), false),
            (email("example.com"), of_email("a@example.com"), true),
            (email("example.com"), of_email("a@b.example.com"), false),
            (email(".example.com"), of_email("a@b.example.com"), true),
            (email("a@EXAMPLE.com"), of_email("a@example.com"), true),
            (email("a@example.com"), of_email("b@example.com"), false),
            (email("example.com"), of_uri("https://example.com"), false),
        ] {
            assert_eq!(constraint.holds(&name), expected, "{constraint:?} {name}");
        }
        assert!(uri("a").touches(&of_uri("urn:b")) && !uri("a").touches(&of_email("a@b")));
    }
}
