//! Checks names against the name constraints above them: `checkChainConstraints` of Go's crypto/x509 (constraints.go).

use super::address;
use super::alternative_names::AlternativeNames;
use super::constraints::NameConstraints;
use super::domain::{Mailbox, is_domain};
use super::path::Path;
use super::refusal::{ConstraintFault, Refusal};

/// Names of a certificate, as constraints want them.
struct Names<'n> {
    dns: &'n [&'n [u8]],
    hosts: Vec<Vec<u8>>,
    mailboxes: Vec<Mailbox>,
    ip: &'n [&'n [u8]],
}

/// RFC 5280, 6.1.3 (b) and (c), for every certificate with alternative names, self-issued ones too; names in
/// subjects never count.
pub(super) fn check(path: &Path<'_, '_>) -> Result<(), Refusal> {
    for (at, member) in path.iter().enumerate() {
        let Some(alternative) = &member.certificate.extensions.alternative_names else { continue };
        let above = path[at + 1..].iter().filter_map(|authority| {
            let constraints = authority.certificate.extensions.name_constraints.as_ref();
            constraints.map(|constraints| (authority.place, constraints))
        });
        for (by, constraints) in above {
            let names = Names::of(alternative);
            names.and_then(|names| names.check(constraints)).map_err(|what| Refusal::NameConstraint {
                of: member.place,
                by,
                what,
            })?;
        }
    }
    Ok(())
}

impl<'n> Names<'n> {
    fn of(names: &'n AlternativeNames<'n>) -> Result<Self, ConstraintFault> {
        let hosts = names.hosts.iter().map(|host| without_port(host));
        let mailboxes = names.email.iter().map(|text| Mailbox::parse(text));
        let (hosts, mailboxes) = (hosts.collect::<Option<_>>(), mailboxes.collect::<Option<_>>());
        match (hosts, mailboxes) {
            (Some(hosts), Some(mailboxes)) if names.dns.iter().all(|name| is_domain(name)) => {
                Ok(Self { dns: &names.dns, hosts, mailboxes, ip: &names.ip })
            }
            _ => Err(ConstraintFault::Unreadable),
        }
    }

    fn check(&self, constraints: &NameConstraints) -> Result<(), ConstraintFault> {
        let NameConstraints { permitted, excluded, .. } = constraints;
        for name in self.ip {
            verdict(permitted.ip.is_empty() || permitted.ip.hold(name), excluded.ip.hold(name))?;
        }
        for name in self.dns {
            verdict(permitted.dns.is_empty() || permitted.dns.hold(name), excluded.dns.meet(name))?;
        }
        for host in &self.hosts {
            verdict(permitted.uri.is_empty() || permitted.uri.hold(host), excluded.uri.meet(host))?;
        }
        for mailbox in &self.mailboxes {
            let is_permitted = permitted.email.is_empty() || permitted.email.hold(mailbox);
            verdict(is_permitted, excluded.email.meet(mailbox))?;
        }
        Ok(())
    }
}

fn verdict(is_permitted: bool, is_excluded: bool) -> Result<(), ConstraintFault> {
    match (is_permitted, is_excluded) {
        (false, _) => Err(ConstraintFault::NotPermitted),
        (_, true) => Err(ConstraintFault::Excluded),
        _ => Ok(()),
    }
}

/// The host of a URI as constraints want it: neither empty nor an address (`parseURIs`).
fn without_port(host: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(host).ok().filter(|text| !text.is_empty())?;
    let name = match text.rsplit_once(':') {
        Some((name, _)) if !text.ends_with(']') => {
            // `net.SplitHostPort`; brackets are for addresses.
            Some(name).filter(|name| !name.contains([':', '[', ']']))?
        }
        _ => text,
    };
    let is_literal = name.starts_with('[') && name.ends_with(']');
    let is_name = !is_literal && !address::is_address(name) && is_domain(name.as_bytes());
    is_name.then(|| name.as_bytes().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_uris_are_names() {
        let name = |host: &str| without_port(host.as_bytes());
        assert_eq!(name("A.b:80"), Some(b"a.b".to_vec()));
        for wrong in ["", "10.0.0.1", "10.0.0.1:80", "[::1]", "[::1]:80", "a:b:1"] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
    }
}
