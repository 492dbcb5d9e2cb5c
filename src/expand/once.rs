//! Certificates of which a component has one for the whole cluster: manifests that are applied to the API embed them.

use std::sync::Arc;

use super::artefacts::{Certificate, Holder};
use super::authorities::Generated;
use super::context::Context;
use super::declared::{added, declared, holds, specification, subject};
use super::place::Place;
use super::scope;
use crate::diagnostics::Diagnostic;
use crate::index::List;
use crate::resolve::{Authority, AuthorityIndex, Component, ComponentIndex, Instance};
use crate::specification::Issuer;

/// Who issues each certificate of the definition, and the authorities.
type Issuing<'a> = (&'a [Option<(AuthorityIndex, Issuer)>], &'a List<Authority, Generated>);

/// What a component has once for the cluster. What its plan says of nodes counts for the first of them.
pub(super) fn of_cluster(
    context: &Context<'_>,
    (c, component): (ComponentIndex, &Component),
    places: &List<Instance, Place>,
    (issuers, authorities): Issuing<'_>,
) -> Result<Vec<Certificate>, Vec<Diagnostic>> {
    let definition = &component.definition;
    let mut made = Vec::new();
    let mut failures = Vec::new();
    let first = component.instances.indices().next();
    let once = definition.certificates.iter().enumerate().filter(|(_, certificate)| certificate.per_cluster);
    for ((i, certificate), first) in once.zip(first.into_iter().cycle()) {
        let Some((authority, issuer)) = &issuers[i] else { continue };
        let scope = scope::early(context, definition, &component.instances[first], &places[first].settings);
        match holds(context, certificate.when.as_ref(), true, &scope) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        }
        let mut names = Vec::new();
        let declared = declared(context, certificate, &scope, &mut names);
        if certificate.takes_names {
            names.extend(added(component, first));
        }
        match (declared, subject(context, certificate, &scope)) {
            (Ok(()), Ok(subject)) => {
                let above = &context.model.authorities[*authority];
                let id: Arc<str> = format!("component.{}/{}", definition.name, certificate.name).into();
                let secret = context.model.cluster.as_ref().map(|cluster| cluster.secret).unwrap_or_default();
                made.push(Certificate {
                    key_id: id.clone(),
                    id,
                    secret,
                    specification: specification(certificate, (subject, names), issuer.clone(), above),
                    issuer: Some(authorities[*authority].signer),
                    stored: None,
                    generation: None,
                    spread: above.spread(),
                    rotated: false,
                    holder: Holder::Component { component: c, certificate: i },
                    origin: certificate.span,
                });
            }
            (declared, subject) => failures.extend(declared.err().into_iter().chain(subject.err())),
        }
    }
    if failures.is_empty() { Ok(made) } else { Err(failures) }
}
