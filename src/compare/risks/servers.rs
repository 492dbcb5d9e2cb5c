//! Server certificates that could impersonate the cluster's endpoint.

use std::collections::{BTreeMap, BTreeSet};

use super::super::state::State;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::expand::{Certificate, Holder};
use crate::index::List;
use crate::resolve::ComponentIndex;
use crate::specification::{CertificateIndex, Specification};
use crate::values::Usage;

/// Names that clients of the endpoint dial, or that cover them, in certificates of others.
pub(super) fn gained(sides: &Sides<'_>) -> Vec<Risk> {
    let old = by_id(sides.before);
    let mut found = Vec::new();
    for (id, names) in by_id(sides.after) {
        let new: Vec<String> = match old.get(id) {
            Some(had) => names.difference(had).map(|name| format!("`{name}`")).collect(),
            None => names.iter().map(|name| format!("`{name}`")).collect(),
        };
        if !new.is_empty() {
            let names = listed(new.iter().map(String::as_str));
            let message =
                format!("`{id}` is now a server certificate for {names}, SANs of the cluster's endpoint");
            let help = "whoever has its key can impersonate the API server and read every credential";
            found.push(RiskKind::ServerName.of(message, help));
        }
    }
    found
}

/// By certificate: its names that are the endpoint's, where it is another one's.
fn by_id<'a>(state: &'a State<'a>) -> BTreeMap<&'a str, BTreeSet<String>> {
    let blueprint = state.blueprint;
    let mut found = BTreeMap::new();
    let Some(endpoint) = endpoint(state) else { return found };
    let certificates = &blueprint.certificates;
    let servers = certificates.iter().filter(|certificate| {
        let usages = &certificate.specification.usages;
        !certificate.holder.is_authority() && (usages.is_empty() || usages.contains(&Usage::Server))
    });
    let (ours, others): (Vec<&Certificate>, Vec<&Certificate>) =
        servers.partition(|certificate| is_of(certificate.holder, endpoint));
    let names: BTreeSet<String> = ours.iter().flat_map(|certificate| texts(certificate)).collect();
    let roots: BTreeSet<Option<CertificateIndex>> =
        ours.iter().map(|certificate| root(certificates, certificate)).collect();
    for certificate in others.into_iter().filter(|one| roots.contains(&root(certificates, one))) {
        let own = own_names(state, certificate.holder);
        let stands_in =
            |name: &String| !own.contains(name) && (names.contains(name) || name.starts_with("DNS:*."));
        let taken: BTreeSet<String> = texts(certificate).filter(stands_in).collect();
        if !taken.is_empty() {
            found.insert(&*certificate.id, taken);
        }
    }
    found
}

/// The component and the certificate behind the cluster's endpoint.
fn endpoint(state: &State<'_>) -> Option<(ComponentIndex, usize)> {
    let model = state.blueprint.model;
    let (name, listen) = model.cluster.as_ref()?.endpoint_to.as_ref()?;
    let component = model.components.position(|component| component.definition.name == *name)?;
    let listens = &model.components[component].definition.listens;
    let certificate = listens.iter().find(|known| known.name == *listen)?.certificate?;
    Some((component, certificate))
}

fn is_of(holder: Holder, (of, shown): (ComponentIndex, usize)) -> bool {
    matches!(holder, Holder::Instance { component, certificate, .. } if (component, certificate) == (of, shown))
}

/// Names that a certificate may have because of the host that it is on.
fn own_names(state: &State<'_>, holder: Holder) -> BTreeSet<String> {
    let model = state.blueprint.model;
    let node = match holder {
        Holder::Instance { component, instance, .. } => {
            Some(model.components[component].instances[instance].node)
        }
        Holder::Free { node, .. } => node,
        Holder::Authority(_) | Holder::Component { .. } | Holder::Foreign(_) | Holder::User(_) => None,
    };
    let mut own: BTreeSet<String> = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"].map(ToOwned::to_owned).into();
    if let Some(node) = node.map(|node| &model.nodes[node]) {
        own.insert(format!("DNS:{}", node.name));
        own.extend(node.addresses.iter().map(|address| format!("IP:{address}")));
    }
    own
}

fn texts(certificate: &Certificate) -> impl Iterator<Item = String> + '_ {
    certificate.specification.names.iter().map(ToString::to_string)
}

/// The certificate at the end of the chain; none where a certificate is that itself.
fn root(
    certificates: &List<Specification, Certificate>,
    certificate: &Certificate,
) -> Option<CertificateIndex> {
    let mut root = certificate.issuer?;
    while let Some(issuer) = certificates[root].issuer {
        root = issuer;
    }
    Some(root)
}
