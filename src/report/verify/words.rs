//! Describes one finding in a sentence.

use crate::judge::{Fault as PathFault, Place, Refusal, Shown};
use crate::verify::{End, Fault, Finding, Subject};
use crate::wiring::{Missing, Needs, Wiring};

/// What is wrong, without hosts.
#[must_use]
pub fn sentence(wiring: &Wiring, finding: &Finding) -> String {
    let subject = &wiring.programs[finding.subject.program];
    let name = &subject.component;
    let other = finding.other.as_ref().map(|other| &wiring.programs[other.program]);
    let server = other.map_or_else(String::new, |other| other.component.to_string());
    let slot = |subject: &Subject| subject.slot.as_ref().map(|slot| format!("`{}`", slot.name));
    match &finding.fault {
        Fault::NobodyListens { dialled, port } => {
            format!("{name} connects to {}, where nothing listens", at(dialled, *port))
        }
        Fault::OwnNetwork => format!(
            "{name} runs in a pod without `hostNetwork: true`: it listens in a network of its own, which other hosts cannot reach"
        ),
        Fault::OtherListens { dialled, port, component, listen } => {
            format!("{name} connects to {}, where {component} listens ({listen})", at(dialled, *port))
        }
        Fault::Plain(End::Client) => {
            format!("{name} connects to {server} without TLS, but {server} requires it")
        }
        Fault::Plain(End::Server) => {
            format!("{name} connects to {server} with TLS, but {server} does not use TLS there")
        }
        Fault::ServerRefused(refusal) => {
            format!("{name} refuses the server certificate of {server}: {}", refused(refusal, End::Server))
        }
        Fault::Name { dialled, shown } => {
            format!("{name} connects to {server} as {dialled}, but the certificate is for {}", names(shown))
        }
        Fault::NoCertificate => format!("{server} requires a client certificate, but {name} presents none"),
        Fault::NoCredential => format!(
            "{name} presents neither a certificate nor a token to {server}, which requires one for this connection"
        ),
        Fault::ClientRefused(refusal) => {
            format!("{server} refuses the client certificate of {name}: {}", refused(refusal, End::Client))
        }
        Fault::NoClients => format!("{server} has no client CA, but {name} presents a certificate"),
        Fault::CommonName { shown, allowed } => format!(
            "{server} only accepts the common names {}, but the certificate of {name} has {}",
            allowed.join(", "),
            if shown.is_empty() { "none" } else { shown }
        ),
        Fault::Source { addresses, names } => format!(
            "{server} compares the address of a client with its certificate: {name} connects from {}, but its certificate is for {}",
            list(addresses),
            list(names)
        ),
        Fault::UnknownToken => format!("{server} does not know the token that {name} presents"),
        Fault::TokenEnded(at) => format!("the token that {name} presents to {server} expired at {at}"),
        Fault::Rights { user, groups, needs } => rights(name, &server, (user, groups), needs),
        Fault::Material(missing) => {
            let what = slot(&finding.subject).unwrap_or_default();
            let file = finding.subject.file.as_ref().map(|file| file.to_string()).unwrap_or_default();
            match missing {
                Missing::Absent => format!("{what} of {name} names {file}, which does not exist"),
                Missing::Wrong(why) | Missing::Unknown(why) => format!("{what} of {name}: {file}: {why}"),
                Missing::MadeLater => format!("{what} of {name} names {file}, which is created later"),
            }
        }
        Fault::OtherKey => format!(
            "{} of {name} is not the key of its certificate",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::Unreadable { mode, owner, user } => format!(
            "{name} runs as {user} and cannot read {}, which belongs to {owner} with mode {mode:04o}",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::OpenToOthers { mode } => format!(
            "every user of the host can read a secret of {name} in {} (mode {mode:04o})",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::DoesNotStart(why) => format!("{name} does not start: {why}"),
        Fault::Ignored(why) => format!("{name} ignores a part of its configuration: {why}"),
        Fault::NotConnected { to } => format!(
            "{name} does not connect to {to}: {} is not set",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::Probe { name: probe, port, listens: false } => {
            format!("the {probe} of {name} uses port {port}, where it does not listen")
        }
        Fault::Probe { name: probe, port, listens: true } => {
            format!(
                "the {probe} of {name} uses port {port} with the wrong scheme: one end uses TLS and the other one does not"
            )
        }
        Fault::ProbeElsewhere { name: probe, address } => {
            format!("the {probe} of {name} uses {address}, which is another host")
        }
        Fault::ProbePath { name: probe, path } => {
            format!("the {probe} of {name} uses {path}, which requires a credential")
        }
        Fault::Rule(why) => why.clone(),
        Fault::NotVerified => format!(
            "{name} does not verify the server that it connects to ({})",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::SelfMade => {
            format!("{server} has no certificate, and {name} cannot trust a self-signed one")
        }
        Fault::Check { path } => format!(
            "{name} checks the health of {server} at {path}, which requires a credential: {name} treats the server as down"
        ),
        Fault::Anonymous => format!(
            "{name} accepts requests without a credential ({})",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::Everybody => format!(
            "{name} lets every authenticated user do everything ({})",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::GivenToAll { role, group } => format!(
            "an object in `cluster/` gives the role `{role}` to the group `{group}`: all its members can do everything"
        ),
        Fault::OpenListen => format!("{name} accepts clients without a certificate"),
        Fault::PlainListen { address, port } => {
            let address = address.map_or_else(|| "all addresses".to_owned(), |address| address.to_string());
            format!("{name} listens without TLS at {address} port {port}, and accepts everyone there")
        }
        Fault::Differs { what, because } => {
            let slot = slot(&finding.subject).unwrap_or_else(|| what.to_string());
            format!("{slot} of {name} differs between hosts: {because}")
        }
        Fault::NotVerifiable { keys } => {
            format!(
                "{server} refuses tokens that {name} signs: its {keys} keys do not include the key of {name}"
            )
        }
        Fault::NotAdmitted(refusal) => {
            format!("{server} refuses certificates that {name} issues: {}", refused(refusal, End::Client))
        }
        Fault::Signers(count) => format!(
            "{name} does not start: {} contains {count} certificates, but must contain exactly one",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::ForeignAuthority(subject) => format!(
            "{name} trusts an authority in {} that the plan does not know: {subject}",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::OtherCertificate(authority) => format!(
            "{name} trusts {authority} in {} by a certificate that the plan does not know: it has the name and key of the plan's, and says something else of what it may sign",
            slot(&finding.subject).unwrap_or_default()
        ),
        Fault::FormerCertificate { name: authority, until } => format!(
            "{name} trusts {authority} in {} by an earlier certificate, with the same key as the one of the plan{}",
            slot(&finding.subject).unwrap_or_default(),
            until.map_or_else(String::new, |until| format!(": what it issues is accepted until {until}"))
        ),
        Fault::PortTaken { address, port, component, listen } => format!(
            "{name} listens at {}, where {component} ({listen}) of the same host listens, too: whichever starts second exits",
            match address {
                Some(address) => at(&address.to_string(), *port),
                None => format!("port {port}"),
            }
        ),
        Fault::OtherAuthority(authority) => format!(
            "{name} accepts clients of {authority} in {}, an authority of the plan that is not meant for them: everyone with a certificate from it is accepted",
            slot(&finding.subject).unwrap_or_default()
        ),
    }
}

fn at(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn names(shown: &Shown) -> String {
    let all = shown.dns.iter().cloned().chain(shown.addresses.iter().map(ToString::to_string));
    let all: Vec<String> = all.collect();
    if all.is_empty() { "no name (clients ignore the common name)".to_owned() } else { all.join(", ") }
}

fn rights(name: &str, server: &str, (user, groups): (&str, &[String]), needs: &Needs) -> String {
    let groups =
        if groups.is_empty() { "no group".to_owned() } else { format!("the groups {}", groups.join(", ")) };
    let wanted = match (&needs.user, &needs.group) {
        (Some(user), Some(group)) => format!("the user {user} in the group {group}"),
        (Some(user), None) => format!("the user {user}"),
        (None, Some(group)) => format!("the group {group}"),
        (None, None) => format!("the role {}", list(&needs.roles)),
    };
    let user = if user.is_empty() { "nobody (no common name)" } else { user };
    format!("{server} knows {name} as {user} with {groups}, which lacks {wanted}")
}

/// Why a chain is refused, in the words of who shows it.
fn refused(refusal: &Refusal, end: End) -> String {
    let whose = |place: &Place| match place {
        Place::Sent(0) => "it".to_owned(),
        Place::Sent(at) => format!("certificate {} of its chain", at + 1),
        Place::Root(at) => format!("certificate {} of the trust bundle", at + 1),
    };
    match refusal {
        Refusal::Leaf(PathFault::Expired(Some(at))) => format!("it expired at {at}"),
        Refusal::Leaf(PathFault::NotYetValid(Some(at))) => format!("it is not valid before {at}"),
        Refusal::Leaf(fault) => format!("it {fault}"),
        Refusal::UnknownAuthority { of, because: None } => {
            format!("no certificate of the trust bundle issued {}", whose(of))
        }
        Refusal::UnknownAuthority { because: Some((place, fault)), .. } => match fault {
            PathFault::Expired(Some(at)) => format!("{} expired at {at}", whose(place)),
            PathFault::NotYetValid(Some(at)) => format!("{} is not valid before {at}", whose(place)),
            fault => format!("{} {fault}", whose(place)),
        },
        Refusal::Usage => format!(
            "its extended key usage does not allow {}",
            if end == End::Server { "serverAuth" } else { "clientAuth" }
        ),
        other => other.to_string(),
    }
}
