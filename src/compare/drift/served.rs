//! Compares the certificates that servers present with those of the plan.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::super::built::against;
use super::super::comparison::Made;
use super::super::dates::{Dates, Period};
use super::super::drifted::{Served, Shows};
use super::super::state::State;
use crate::inspect::{self, CertificateDescription};
use crate::specification::{CertificateIndex, Field, Word};
use crate::values::Instant;

/// A server that can be asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its host.
    pub host: Arc<str>,
    /// `COMPONENT.LISTEN`; none: the plan has nothing there.
    pub listen: Option<String>,
    /// What it should show, as far as that is known: one of these.
    pub certificates: Vec<CertificateIndex>,
    /// Where.
    pub at: SocketAddr,
}

/// What was shown: certificates in DER, the server's own first; else why nothing was.
pub type Shown = Result<Vec<Vec<u8>>, String>;

impl Asked {
    /// The servers of a host by the plan, each at its own address. With `address` all of them there; those that only
    /// their own host reaches are left out unless that is it.
    #[must_use]
    pub fn of_host(state: &State<'_>, host: &str, address: Option<IpAddr>) -> Vec<Self> {
        let blueprint = state.blueprint;
        let mut all = Vec::new();
        let Some(node) = blueprint.model.nodes.position(|node| node.name.as_str() == host) else {
            return all;
        };
        for &(component, instance) in &blueprint.hosts[node] {
            let definition = blueprint.definition(component);
            let listens = definition.listens.iter().zip(&blueprint.places[component][instance].listens);
            for (listen, at) in listens {
                let certificate = listen
                    .certificate
                    .and_then(|certificate| blueprint.instance_certificate(component, instance, certificate));
                let reached = at.addresses.iter().find(|own| !own.is_loopback()).copied();
                let address = match (address, reached) {
                    (Some(address), reached) if reached.is_some() || address.is_loopback() => Some(address),
                    (Some(_), _) => None,
                    (None, reached) => reached,
                };
                // What it shows otherwise the cluster makes.
                let (Some(certificate), Some(address)) = (certificate, address) else { continue };
                all.push(Self {
                    host: host.into(),
                    listen: Some(format!("{}.{}", definition.name, listen.name)),
                    certificates: vec![certificate],
                    at: SocketAddr::new(address, at.port),
                });
            }
        }
        all
    }

    /// Whatever stands behind one port: by the plan if it has something there, else any server of the host.
    #[must_use]
    pub fn at(state: &State<'_>, host: &str, at: SocketAddr) -> Self {
        let mut all = Self::of_host(state, host, Some(at.ip()));
        if let Some(found) = all.iter().position(|asked| asked.at.port() == at.port()) {
            return all.swap_remove(found);
        }
        let certificates = all.into_iter().flat_map(|asked| asked.certificates).collect();
        Self { host: host.into(), listen: None, certificates, at }
    }
}

/// What is to be said of what a server has shown. `now` tells what has ended.
#[must_use]
pub fn served(state: &State<'_>, asked: &Asked, shown: &Shown, now: Instant) -> Served {
    let mut served = Served {
        host: asked.host.to_string(),
        listen: asked.listen.clone(),
        address: asked.at.to_string(),
        shows: Shows::Nothing,
        certificate: None,
        sha256: None,
        subject: None,
        expired: false,
        differences: Vec::new(),
        dates: Dates::default(),
        says: String::new(),
    };
    let first = match shown {
        Ok(chain) => chain.first().and_then(|der| inspect::one_certificate(der)),
        Err(why) => {
            served.certificate = only(state, asked);
            served.says.clone_from(why);
            return served;
        }
    };
    let Some(found) = first else {
        "it presents no readable certificate".clone_into(&mut served.says);
        return served;
    };
    judge(state, asked, &found, now, &mut served);
    served
}

/// The id of what should be shown, where that is one.
fn only(state: &State<'_>, asked: &Asked) -> Option<String> {
    match asked.certificates[..] {
        [one] => Some(state.id(one).to_string()),
        _ => None,
    }
}

fn judge(
    state: &State<'_>,
    asked: &Asked,
    found: &CertificateDescription,
    now: Instant,
    served: &mut Served,
) {
    let period = Period::found(found);
    served.expired = period.is_some_and(|period| period.not_after < now);
    served.sha256 = Some(found.sha256.clone());
    let subject_of =
        |at: CertificateIndex| state.blueprint.certificates[at].specification.subject.to_string();
    let planned = asked.certificates.iter().copied().find(|&at| against(state, at, found).is_none());
    let alike = || asked.certificates.iter().copied().find(|&at| subject_of(at) == found.subject);
    let Some(expected) = planned.or_else(alike).or_else(|| asked.certificates.first().copied()) else {
        served.shows = Shows::Other;
        served.says = format!("the plan has no server there; it presents {}", found.subject);
        return;
    };
    served.certificate = Some(state.id(expected).to_string());
    served.dates = Dates { before: period, after: Some(Period::from(&state.draft.certificates[expected])) };
    let Some(change) = against(state, expected, found) else {
        served.shows = Shows::Planned;
        served.says = "it presents the planned certificate".to_owned();
        if let (true, Some(period)) = (served.expired, period) {
            served.says.push_str(&format!(", which expired on {}", period.not_after));
        }
        return;
    };
    served.subject = Some(found.subject.clone());
    let by_validity = |field: &Field| *field == Field::Line(Word::Validity);
    let same = change.differences.iter().all(|change| by_validity(&change.difference.field));
    served.shows = if same && change.change != Made::Issued { Shows::Older } else { Shows::Other };
    served.differences = change.differences;
    served.says = says(state, (served.shows, expected), found, served.expired);
}

fn says(
    state: &State<'_>,
    (shows, expected): (Shows, CertificateIndex),
    found: &CertificateDescription,
    expired: bool,
) -> String {
    let decision = &state.draft.certificates[expected];
    let since = period_words(found, expired);
    let recorded = decision.recorded_sha256.is_some();
    let older = Period::found(found).is_none_or(|period| period.not_before <= decision.not_before);
    match shows {
        Shows::Older if !recorded => format!(
            "it presents another certificate with the same contents, {since}; the planned one was not built yet"
        ),
        Shows::Older if older => {
            format!(
                "it still presents an older certificate, {since}: the program has not read the planned one"
            )
        }
        Shows::Older => format!("it presents a newer certificate than the lock knows, {since}"),
        _ if state.blueprint.certificates[expected].rotated => {
            format!("it presents another certificate, {since}; the cluster rotates it")
        }
        _ => format!("it presents another certificate of {} by {}, {since}", found.subject, found.issuer),
    }
}

fn period_words(found: &CertificateDescription, expired: bool) -> String {
    let word = if expired { "which expired on" } else { "valid until" };
    format!("{word} {}", found.not_after)
}
