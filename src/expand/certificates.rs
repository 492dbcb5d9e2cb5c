//! Certificates of component instances and users, and standalone certificates.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::artefacts::{Certificate, Holder, OfComponent, Reason, Reasoned};
use super::authorities::{Generated, issued_by};
use super::blueprint::Blueprint;
use super::context::{Context, push_once};
use super::declared::{added, declared, holds, specification, subject};
use super::names::Wanted;
use super::once;
use super::place::{Place, Places};
use super::scope;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expression::Value;
use crate::index::List;
use crate::resolve::{
    self, Authority, AuthorityIndex, Component, ComponentIndex, FreeIndex, InstanceIndex, Model, Node,
    NodeIndex,
};
use crate::source::Span;
use crate::specification::{CertificateIndex, Issuer, Specification};
use crate::values::{AlternativeName, SecretEpoch, Sorted, Usage};

/// So many instances are evaluated before their certificates are moved to the others: a certificate is large, and most plans
/// have many.
const AT_ONCE: usize = 4096;

/// Makes the certificates of all instances; returns those of each instance, none where one could not be made.
pub(super) fn instances(
    context: &Context<'_>,
    places: &Places,
    wanted: &List<Component, Vec<Wanted>>,
    authorities: &List<Authority, Generated>,
    certificates: &mut List<Specification, Certificate>,
    diagnostics: &mut Diagnostics,
) -> Option<List<Component, OfComponent>> {
    let mut all = List::default();
    let mut whole = true;
    certificates.reserve(most(context.model));
    for (c, component) in context.model.components.enumerate() {
        let issuers: Vec<_> = component
            .definition
            .certificates
            .iter()
            .enumerate()
            .map(|(i, _)| context.model.issuer(&component.definition, i))
            .map(|authority| authority.map(|a| (a, issued_by(&context.model.authorities[a]))))
            .collect();
        let mut positions = List::with_capacity(component.instances.len());
        let mut failures = Vec::new();
        let mut once = Vec::new();
        match once::of_cluster(context, (c, component), &places[c], (&issuers, authorities)) {
            Ok(made) => once.extend(made.into_iter().map(|one| certificates.push(one))),
            Err(failed) => failures.extend(failed),
        }
        let indices: Vec<_> = component.instances.indices().collect();
        for some in indices.chunks(AT_ONCE) {
            let of = |i: &InstanceIndex| {
                let common = (wanted[c].as_slice(), issuers.as_slice(), authorities);
                of_instance(context, (c, component), *i, &places[c][*i], common)
            };
            for result in some.par_iter().map(of).collect::<Vec<_>>() {
                match result {
                    Ok(made) => {
                        positions.push(made.into_iter().map(|one| certificates.push(one)).collect());
                    }
                    Err(failed) => failures.extend(failed),
                }
            }
        }
        whole &= failures.is_empty();
        push_once(diagnostics, failures);
        all.push(OfComponent { instances: positions, once });
    }
    whole.then_some(all)
}

/// So many certificates there are besides those of authorities, if every condition holds.
fn most(model: &Model) -> usize {
    let components = model.components.iter();
    let of_instances = components.map(|one| one.instances.len() * one.definition.certificates.len());
    let free = model.certificates.iter().map(|one| one.nodes.len().max(1));
    of_instances.chain(free).sum::<usize>() + model.users.len()
}

/// What the instances of one component have in common: needed names, issuers, authorities.
type Common<'a> = (&'a [Wanted], &'a [Option<(AuthorityIndex, Issuer)>], &'a List<Authority, Generated>);

fn of_instance(
    context: &Context<'_>,
    component: (ComponentIndex, &Component),
    instance: InstanceIndex,
    place: &Place,
    common: Common<'_>,
) -> Result<Vec<Certificate>, Vec<Diagnostic>> {
    let (c, component) = component;
    let (wanted, issuers, authorities) = common;
    let definition = &component.definition;
    if definition.certificates.is_empty() {
        return Ok(Vec::new());
    }
    let node = component.instances[instance].node;
    let scope = scope::early(context, definition, &component.instances[instance], &place.settings);
    let mut made = Vec::with_capacity(definition.certificates.len());
    let mut failures = Vec::new();
    for (i, certificate) in definition.certificates.iter().enumerate() {
        let Some((authority, issuer)) = issuers[i].as_ref().filter(|_| !certificate.per_cluster) else {
            continue;
        };
        match holds(context, certificate.when.as_ref(), true, &scope) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        }
        let names = names_of(context, (component, instance), i, place, wanted, &scope);
        let subject = subject(context, certificate, &scope);
        let rotated = holds(context, certificate.rotated.as_ref(), false, &scope);
        match (names, subject, rotated) {
            (Ok(names), Ok(subject), Ok(rotated)) => {
                let above = &context.model.authorities[*authority];
                let id: Arc<str> =
                    format!("node.{}/{}-{}", context.model.nodes[node].id, definition.name, certificate.name)
                        .into();
                made.push(Certificate {
                    key_id: id.clone(),
                    id,
                    secret: context.model.nodes[node].secret,
                    specification: specification(certificate, (subject, names), issuer.clone(), above),
                    issuer: Some(authorities[*authority].signer),
                    stored: None,
                    generation: None,
                    spread: above.spread(),
                    rotated,
                    holder: Holder::Instance { component: c, instance, certificate: i },
                    origin: certificate.span,
                });
            }
            (names, subject, rotated) => {
                failures.extend(names.err().into_iter().chain(subject.err()).chain(rotated.err()));
            }
        }
    }
    if failures.is_empty() { Ok(made) } else { Err(failures) }
}

/// All names of one certificate with the reason why each stands there, the catalog's first.
fn names_of(
    context: &Context<'_>,
    instance: (&Component, InstanceIndex),
    certificate: usize,
    place: &Place,
    wanted: &[Wanted],
    scope: &Value,
) -> Result<Vec<Reasoned>, Diagnostic> {
    let (component, index) = instance;
    let definition = &component.definition.certificates[certificate];
    let mut names = Vec::new();
    declared(context, definition, scope, &mut names)?;
    let node = component.instances[index].node;
    for ((listen, wanted), at) in component.definition.listens.iter().zip(wanted).zip(&place.listens) {
        if listen.certificate == Some(certificate) {
            names.extend(wanted.names(context.model, node, &at.addresses));
        }
    }
    if definition.takes_names {
        names.extend(added(component, index));
    }
    let node = &context.model.nodes[node];
    // What has the node's name has its other names, too.
    if names
        .iter()
        .any(|(name, _)| matches!(name, AlternativeName::Dns(dns) if dns.as_str() == node.name.as_str()))
    {
        names.extend(names_of_node(node));
    }
    Ok(names)
}

/// The names that a node has besides its own.
fn names_of_node(node: &Node) -> impl Iterator<Item = Reasoned> + '_ {
    node.names.iter().map(|name| (AlternativeName::Dns(name.value.clone()), Reason::Plan(name.span)))
}

pub(super) fn users(
    model: &Model,
    authorities: &List<Authority, Generated>,
    certificates: &mut List<Specification, Certificate>,
) -> List<resolve::User, CertificateIndex> {
    let purpose = model.users_purpose.as_deref();
    let mut made = List::default();
    let Some(authority) = purpose.and_then(|purpose| model.authority_for(purpose)) else { return made };
    let above = &model.authorities[authority];
    for (index, user) in model.users.enumerate() {
        made.push(certificates.push(Certificate {
            id: user.id.clone(),
            key_id: user.id.clone(),
            secret: user.secret,
            specification: Specification {
                subject: user.subject.clone(),
                names: Sorted::default(),
                usages: [Usage::Client].into(),
                authority: None,
                issuer: issued_by(above),
                key: user.key.unwrap_or(above.issued_key),
                validity: user.validity.as_ref().map_or(above.issued.value, |validity| validity.value),
            },
            issuer: Some(authorities[authority].signer),
            stored: None,
            generation: None,
            spread: above.spread().filter(|_| user.validity.is_none()),
            rotated: false,
            holder: Holder::User(index),
            origin: user.origin,
        }));
    }
    made
}

/// Makes the free-standing certificates; returns those of each, one for each of its nodes.
pub(super) fn free(
    model: &Model,
    authorities: &List<Authority, Generated>,
    certificates: &mut List<Specification, Certificate>,
) -> List<resolve::FreeCertificate, Vec<CertificateIndex>> {
    let mut all = List::default();
    for (index, certificate) in model.certificates.enumerate() {
        let mut made = Vec::new();
        let above = &model.authorities[certificate.authority];
        let holders: Vec<Option<NodeIndex>> = if certificate.nodes.is_empty() {
            vec![None]
        } else {
            certificate.nodes.iter().map(|n| Some(*n)).collect()
        };
        for node in holders {
            let id: Arc<str> = match node {
                Some(node) => format!("node.{}/{}", model.nodes[node].id, certificate.id).into(),
                None => format!("certificate.{}", certificate.id).into(),
            };
            let of_node = || node.map_or_else(SecretEpoch::default, |node| model.nodes[node].secret);
            made.push(certificates.push(Certificate {
                key_id: id.clone(),
                id,
                secret: certificate.secret.unwrap_or_else(of_node),
                specification: Specification {
                    subject: certificate.subject.clone(),
                    names: free_names(model, index, node).into_iter().map(|(name, _)| name).collect(),
                    usages: certificate.usages.iter().copied().collect(),
                    authority: None,
                    issuer: issued_by(above),
                    key: certificate.key.unwrap_or(above.issued_key),
                    validity:
                        certificate.validity.as_ref().map_or(above.issued.value, |validity| validity.value),
                },
                issuer: Some(authorities[certificate.authority].signer),
                stored: None,
                generation: None,
                spread: above.spread().filter(|_| certificate.validity.is_none()),
                rotated: false,
                holder: Holder::Free { certificate: index, node },
                origin: certificate.origin,
            }));
        }
        all.push(made);
    }
    all
}

fn free_names(model: &Model, index: FreeIndex, node: Option<NodeIndex>) -> Vec<Reasoned> {
    let certificate = &model.certificates[index];
    let written = certificate.names.iter().map(|name| (name.value.clone(), Reason::Plan(name.span)));
    let mut names: Vec<Reasoned> = written.collect();
    if let (Some(node), true) = (node.map(|node| &model.nodes[node]), certificate.node_names) {
        let reason = || Reason::Plan(node.origin);
        names.extend(node.name.as_str().parse().ok().map(|name| (AlternativeName::Dns(name), reason())));
        names.extend(names_of_node(node));
        names.extend(node.addresses.iter().map(|address| (AlternativeName::Ip(*address), reason())));
    }
    names
}

/// Keys derive from identities: two of one identity would be one key.
pub(super) fn unique(certificates: &List<Specification, Certificate>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut found = Vec::new();
    for certificate in certificates {
        if let Some(earlier) = seen.insert(&certificate.id, certificate.origin) {
            let message = format!("two certificates have the identity `{}`", certificate.id);
            let diagnostic =
                Diagnostic::new(Code::DuplicateArtefact, message).at(certificate.origin, "this one");
            found.push(diagnostic.at(earlier, "and this one").help("rename one of them"));
        }
    }
    push_once(diagnostics, found);
}

impl Blueprint<'_> {
    /// The names of a certificate, each with every reason why it stands there.
    #[must_use]
    pub fn reasons(&self, certificate: CertificateIndex) -> Vec<Reasoned> {
        match self.certificates[certificate].holder {
            Holder::Authority(_) | Holder::Foreign(_) | Holder::User(_) => Vec::new(),
            Holder::Component { component: c, certificate } => {
                let component = &self.model.components[c];
                let Some(first) = component.instances.indices().next() else { return Vec::new() };
                let (definition, instance) = (&component.definition, &component.instances[first]);
                let settings = &self.places[c][first].settings;
                let context = self.context();
                let scope = scope::early(&context, definition, instance, settings);
                let mut names = Vec::new();
                let definition = &definition.certificates[certificate];
                let declared = declared(&context, definition, &scope, &mut names);
                names.extend(added(component, first).filter(|_| declared.is_ok() && definition.takes_names));
                names
            }
            Holder::Free { certificate, node } => free_names(self.model, certificate, node),
            Holder::Instance { component: c, instance, certificate } => {
                let context = self.context();
                let component = &self.model.components[c];
                let place = &self.places[c][instance];
                let scope = scope::early(
                    &context,
                    &component.definition,
                    &component.instances[instance],
                    &place.settings,
                );
                names_of(&context, (component, instance), certificate, place, &self.wanted[c], &scope)
                    .unwrap_or_default()
            }
        }
    }
}
