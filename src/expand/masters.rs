//! Warns about credentials of `system:masters` that are on hosts or valid for years.
//!
//! RBAC does not limit this group, so nothing but its expiry revokes such a credential.

use std::collections::{BTreeMap, BTreeSet};

use super::artefacts::{Certificate, Holder};
use super::blueprint::Blueprint;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::kubernetes::MASTERS;
use crate::resolve::Model;
use crate::source::Span;
use crate::specification::CertificateIndex;
use crate::values::{Duration, Usage};

/// As long as kubeadm's own certificates are valid, which is the default here, too: whoever has to renew once a year
/// knows where it lies.
const LONGEST: Duration = Duration::years(1);

/// What is wrong with such a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    OnHost,
    Lasting(Duration),
}

/// Warns of credentials of the group that lie on hosts, or last for years.
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let members = members(blueprint);
    if !members.is_empty() {
        let believed = believed(blueprint);
        let mut reported: BTreeMap<(Span, Fault), Vec<&str>> = BTreeMap::new();
        for certificate in members.into_iter().filter(|one| one.issuer.is_some_and(|i| believed.contains(&i)))
        {
            for fault in faults(blueprint.model, certificate) {
                reported.entry((certificate.origin, fault)).or_default().push(&certificate.id);
            }
        }
        reported
            .into_iter()
            .for_each(|((origin, fault), ids)| diagnostics.push(fault.reported(&ids, origin)));
    }
    for keyring in
        blueprint.model.keyrings.values().filter(|one| one.kind.groups().iter().any(|g| g == MASTERS))
    {
        let message = format!("the token of `{}` is in `{MASTERS}` and never expires", keyring.id);
        diagnostics.push(
            Diagnostic::new(Code::Masters, message)
                .at(keyring.origin, "this keyring")
                .help("use a group of your own, and give it rights with RBAC"),
        );
    }
}

fn members<'b>(blueprint: &'b Blueprint<'_>) -> Vec<&'b Certificate> {
    let all = blueprint.certificates.iter().filter(|one| one.stored.is_none() && !one.holder.is_authority());
    let clients = all.filter(|one| one.specification.usages.contains(&Usage::Client));
    clients.filter(|one| one.specification.subject.organizations().any(|group| group == MASTERS)).collect()
}

/// The authorities whose clients the cluster's endpoint takes, and those below them.
fn believed(blueprint: &Blueprint<'_>) -> BTreeSet<CertificateIndex> {
    let mut believed = BTreeSet::new();
    let model = blueprint.model;
    let Some((name, listen)) = model.cluster.as_ref().and_then(|cluster| cluster.endpoint_to.as_ref()) else {
        return believed;
    };
    for (c, component) in model.components.enumerate().filter(|(_, one)| one.definition.name == *name) {
        let listens = component.definition.listens.iter().filter(|known| known.name == *listen);
        for bundle in listens.filter_map(|listen| listen.clients) {
            let instances = component.instances.indices();
            believed.extend(instances.flat_map(|instance| blueprint.held(c, instance, bundle).0));
        }
    }
    // Each stands after its issuer.
    for (position, certificate) in blueprint.certificates.enumerate() {
        if certificate.holder.is_authority()
            && certificate.issuer.is_some_and(|above| believed.contains(&above))
        {
            believed.insert(position);
        }
    }
    believed
}

fn faults(model: &Model, certificate: &Certificate) -> impl Iterator<Item = Fault> {
    let on_host = match certificate.holder {
        Holder::Instance { .. } | Holder::Free { node: Some(_), .. } => true,
        Holder::User(user) => model.users[user].on_hosts.is_some(),
        Holder::Authority(_)
        | Holder::Component { .. }
        | Holder::Foreign(_)
        | Holder::Free { node: None, .. } => false,
    };
    let validity = certificate.specification.validity;
    let lasting = (validity > LONGEST).then_some(Fault::Lasting(validity));
    on_host.then_some(Fault::OnHost).into_iter().chain(lasting)
}

impl Fault {
    fn reported(self, ids: &[&str], origin: Span) -> Diagnostic {
        let more = match ids.len() {
            0 | 1 => String::new(),
            count => format!(" and {} more like it", count - 1),
        };
        let id = ids.first().copied().unwrap_or_default();
        let (message, help) = match self {
            Fault::OnHost => (
                format!(
                    "`{id}`{more} is in `{MASTERS}` and is on a host: anyone who can read its disk can do anything"
                ),
                "use a group of your own, and give it rights with RBAC; a credential \
                 that bypasses RBAC must not be on a host"
                    .to_owned(),
            ),
            Fault::Lasting(validity) => (
                format!(
                    "`{id}`{more} is in `{MASTERS}` and valid for {validity}: you cannot revoke it before that"
                ),
                format!(
                    "write `validity = \"{LONGEST}\"` or less for it, or use a group of your own, whose rights you can remove"
                ),
            ),
        };
        Diagnostic::new(Code::Masters, message).at(origin, "asked for here").help(help)
    }
}
