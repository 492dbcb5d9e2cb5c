//! Name constraints (RFC 5280, 4.2.1.10), as Go's crypto/x509 reads and applies them.
//!
//! They are `parseNameConstraintsExtension` (parser.go) and constraints.go. Go sorts constraints and searches them.
//! Here they are in sets, in which the suffixes of a name are looked up. The time of both grows with the number of
//! names, and not with names times constraints.

use std::collections::BTreeSet;

use super::address;
use super::alternative_names::{DNS, EMAIL, IP, URI, ascii, is_address};
use super::domain::{Mailbox, is_constraint};
use super::reader::{Reader, tag};

/// What an authority allows of names below it.
#[derive(Debug, Clone, Default)]
pub(super) struct NameConstraints {
    pub(super) permitted: Subtrees,
    pub(super) excluded: Subtrees,
    /// There are constraints of kinds that Go does not know.
    pub(super) has_unknown_kinds: bool,
}

/// Constraints by the kind of name that they are for.
#[derive(Debug, Clone, Default)]
pub(super) struct Subtrees {
    pub(super) dns: Domains,
    pub(super) uri: Domains,
    pub(super) email: Emails,
    pub(super) ip: Networks,
}

/// Domains, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Domains {
    all: BTreeSet<Vec<u8>>,
    /// What follows their first label, with the dot.
    parents: BTreeSet<Vec<u8>>,
}

/// Mailboxes, and domains of mailboxes.
#[derive(Debug, Clone, Default)]
pub(super) struct Emails {
    mailboxes: BTreeSet<Mailbox>,
    domains: Domains,
}

/// Networks: the masks that occur, and masked addresses with their masks.
#[derive(Debug, Clone, Default)]
pub(super) struct Networks {
    masks: BTreeSet<Vec<u8>>,
    networks: BTreeSet<(Vec<u8>, Vec<u8>)>,
}

impl NameConstraints {
    pub(super) fn parse(mut value: Reader<'_>) -> Option<Self> {
        let mut fields = value.inside(tag::SEQUENCE).filter(|_| value.is_empty())?;
        let permitted = fields.optional(tag::explicit(0))?;
        let excluded = fields.optional(tag::explicit(1))?;
        let subtrees = [permitted, excluded].map(|field| field.unwrap_or(Reader(&[])));
        if !fields.is_empty() || subtrees.iter().all(Reader::is_empty) {
            return None;
        }
        let mut found = Self::default();
        let unknown = [found.permitted.parse(subtrees[0])?, found.excluded.parse(subtrees[1])?];
        found.has_unknown_kinds = unknown.contains(&true);
        Some(found)
    }
}

impl Subtrees {
    /// Whether there are some of kinds that Go does not know.
    fn parse(&mut self, mut list: Reader<'_>) -> Option<bool> {
        let mut unknown = false;
        while !list.is_empty() {
            let base = list.inside(tag::SEQUENCE)?.any()?;
            match base.tag {
                DNS => self.dns.insert(domain(base.content)?),
                URI => self.uri.insert(domain(base.content).filter(|host| !is_ip(host))?),
                EMAIL => self.email.insert(ascii(base.content)?)?,
                IP => self.ip.insert(base.content)?,
                _ => unknown = true,
            }
        }
        Some(unknown)
    }
}

fn domain(text: &[u8]) -> Option<&[u8]> {
    ascii(text).filter(|text| is_constraint(text))
}

fn is_ip(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.contains('%') && address::is_address(text))
}

impl Domains {
    fn insert(&mut self, domain: &[u8]) {
        let domain = domain.to_ascii_lowercase();
        if let Some(dot) = domain.iter().position(|byte| *byte == b'.') {
            self.parents.insert(domain[dot..].to_vec());
        }
        self.all.insert(domain);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether it is one of them or below one; `.a` means only what is below `a`, and the empty domain means all.
    pub(super) fn hold(&self, name: &[u8]) -> bool {
        let name = name.to_ascii_lowercase();
        let dots = name.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at);
        let mut suffixes = dots.flat_map(|at| [&name[at..], &name[at + 1..]]);
        self.all.contains(&[][..])
            || self.all.contains(&name)
            || suffixes.any(|suffix| !suffix.is_empty() && self.all.contains(suffix))
    }

    /// The same, or a wildcard that stands for one of them, too.
    pub(super) fn meet(&self, name: &[u8]) -> bool {
        let parent = name.iter().position(|byte| *byte == b'.').map(|dot| name[dot..].to_ascii_lowercase());
        self.hold(name)
            || name.starts_with(b"*") && parent.is_some_and(|parent| self.parents.contains(&parent))
    }
}

impl Emails {
    fn insert(&mut self, text: &[u8]) -> Option<()> {
        if text.contains(&b'@') {
            self.mailboxes.insert(Mailbox::parse(text)?);
        } else {
            self.domains.insert(domain(text)?);
        }
        Some(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.mailboxes.is_empty() && self.domains.is_empty()
    }

    pub(super) fn hold(&self, mailbox: &Mailbox) -> bool {
        self.mailboxes.contains(mailbox) || self.domains.hold(&mailbox.domain)
    }

    pub(super) fn meet(&self, mailbox: &Mailbox) -> bool {
        self.mailboxes.contains(mailbox) || self.domains.meet(&mailbox.domain)
    }
}

impl Networks {
    fn insert(&mut self, bytes: &[u8]) -> Option<()> {
        let (address, mask) = bytes.split_at(bytes.len() / 2);
        if !matches!(bytes.len(), 8 | 32) || !is_address(address) || !is_mask(mask) {
            return None;
        }
        self.masks.insert(mask.to_vec());
        self.networks.insert((masked(address, mask), mask.to_vec()));
        Some(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.masks.is_empty()
    }

    pub(super) fn hold(&self, address: &[u8]) -> bool {
        let masks = self.masks.iter().filter(|mask| mask.len() == address.len());
        masks.into_iter().any(|mask| self.networks.contains(&(masked(address, mask), mask.clone())))
    }
}

/// Ones, then zeros.
fn is_mask(mask: &[u8]) -> bool {
    let ones = mask.iter().take_while(|byte| **byte == 0xff).count();
    let rest = &mask[ones..];
    rest.first().is_none_or(|byte| byte.leading_ones() == byte.count_ones())
        && rest.iter().skip(1).all(|byte| *byte == 0)
}

fn masked(address: &[u8], mask: &[u8]) -> Vec<u8> {
    address.iter().zip(mask).map(|(byte, mask)| byte & mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains(list: &[&str]) -> Domains {
        let mut domains = Domains::default();
        list.iter().for_each(|domain| domains.insert(domain.as_bytes()));
        domains
    }

    #[test]
    fn domains_hold_whole_labels() {
        let of = domains(&["Example.com", ".sub.org"]);
        for (name, expected) in [
            ("example.com", true),
            ("a.EXAMPLE.com", true),
            ("*.example.com", true),
            ("badexample.com", false),
            ("com", false),
            ("sub.org", false),
            ("a.sub.org", true),
            ("", false),
        ] {
            assert_eq!(of.hold(name.as_bytes()), expected, "{name}");
        }
        assert!(domains(&[""]).hold(b"any") && domains(&[""]).hold(b""));
    }

    #[test]
    fn wildcards_meet_what_they_stand_for() {
        let of = domains(&["bar.Example.com"]);
        assert!(of.meet(b"*.example.com") && !of.hold(b"*.example.com"));
        assert!(!of.meet(b"a.example.com") && !of.meet(b"*.com") && !domains(&["com"]).meet(b"*"));
    }

    #[test]
    fn networks_hold_their_addresses() {
        let mut networks = Networks::default();
        networks.insert(&[10, 1, 2, 3, 255, 255, 0, 0]).unwrap();
        assert!(networks.hold(&[10, 1, 9, 9]) && !networks.hold(&[10, 2, 0, 0]) && !networks.hold(&[0; 16]));
        for wrong in [&[10, 0, 0, 0, 255, 0, 255, 0][..], &[10, 0, 0, 0, 0xa0, 0, 0, 0], &[1, 2], &[]] {
            assert!(networks.insert(wrong).is_none(), "{wrong:?}");
        }
        let mapped = [&[0; 10][..], &[0xff; 2], &[1, 2, 3, 4], &[0xff; 16]].concat();
        assert!(networks.insert(&mapped).is_none());
    }
}
