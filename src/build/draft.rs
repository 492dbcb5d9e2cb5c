//! Collects what `decide` needs from a blueprint, and asks it for the decisions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::joining::review_joining;
use crate::decide::{Draft, Member, Request, Wanted, WantedKey, check_epochs, decide, review_founders};
use crate::diagnostics::Diagnostics;
use crate::expand::{Blueprint, Certificate, Holder};
use crate::expiry::review;
use crate::index::List;
use crate::lock::Lock;
use crate::resolve::{AuthorityIndex, Keyring, KeyringKind};
use crate::specification::Specification;

/// Decides what of a blueprint is kept and what is made.
pub fn draft(
    blueprint: &Blueprint<'_>,
    previous: Option<&Lock>,
    lock_id: &str,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> Draft {
    let wanted = blueprint.certificates.enumerate().map(|(position, certificate)| Wanted {
        id: &certificate.id,
        specification: &certificate.specification,
        issuer: certificate.issuer,
        stored: certificate.stored.as_deref(),
        target: blueprint.imported(position).map(|imported| &*imported.target),
        plan: blueprint.plan_of(certificate),
        generation: certificate.generation,
        spread: certificate.spread,
        rotated: certificate.rotated,
        secret: certificate.secret,
        origin: Some(certificate.origin),
    });
    let wanted: List<Specification, Wanted<'_>> = wanted.collect();
    // An authority's imported keys are identified by its certificates.
    let (none, imported) = (BTreeMap::new(), imported_digests(blueprint));
    let mut keys: Vec<WantedKey<'_>> = Vec::new();
    let outliving = outliving(blueprint);
    let usual = BTreeMap::new();
    for (index, authority) in blueprint.model.authorities.enumerate() {
        keys.push(WantedKey {
            id: &authority.id,
            kind: "authority",
            algorithm: Some(authority.key),
            validity: None,
            by_lock: false,
            used: authority.generations.used,
            trust: &authority.generations.trust,
            plain_text: authority.generations.plain_text,
            resources: &[],
            providers: &usual,
            outlives: outliving.contains(&index),
            imported: &none,
            secret: authority.secret,
            origin: authority.generations.origin.or(Some(authority.origin)),
        });
    }
    for keyring in blueprint.model.keyrings.values() {
        let (resources, providers) = match &keyring.kind {
            KeyringKind::Encryption(encryption) => (encryption.unusual_resources(), &encryption.providers),
            _ => (&[][..], &usual),
        };
        let algorithm = match &keyring.kind {
            KeyringKind::KeyPair(algorithm) => Some(*algorithm),
            _ => None,
        };
        keys.push(WantedKey {
            id: &keyring.id,
            kind: keyring.kind.word(),
            algorithm,
            validity: keyring.token_validity(),
            by_lock: keyring.is_decided_by_lock(),
            used: keyring.generations.used,
            trust: &keyring.generations.trust,
            plain_text: keyring.generations.plain_text,
            resources,
            providers,
            outlives: matches!(keyring.kind, KeyringKind::Encryption(_) | KeyringKind::KeyPair(_)),
            imported: imported.get(&keyring.name).unwrap_or(&none),
            secret: keyring.secret,
            origin: keyring.generations.origin.or(Some(keyring.origin)),
        });
    }
    if let Some(previous) = previous {
        let secrets = blueprint.model.secrets.iter();
        check_epochs(
            secrets.map(|(name, secret)| (*name, secret.epoch, secret.origin)),
            previous,
            diagnostics,
        );
    }
    if let Some(previous) = previous {
        review_founders(&members(blueprint), previous, diagnostics);
    }
    review_joining(blueprint, previous, diagnostics);
    let draft = decide(&wanted, &keys, &blueprint.catalog_digests(), previous, lock_id, request, diagnostics);
    review(blueprint, &draft.lock, request.at, diagnostics);
    draft
}

/// Authorities by which something goes that lies in no host's tree: what people hold, and what the cluster renews by
/// itself.
fn outliving(blueprint: &Blueprint<'_>) -> BTreeSet<AuthorityIndex> {
    let certificates = &blueprint.certificates;
    let outlives = |one: &&Certificate| one.rotated || matches!(one.holder, Holder::User(_));
    let issuers = certificates.iter().filter(outlives).filter_map(|one| one.issuer);
    let of_plan = issuers.filter_map(|issuer| match certificates[issuer].holder {
        Holder::Authority(authority) => Some(authority),
        _ => None,
    });
    let definitions = blueprint.model.components.iter().map(|component| &component.definition);
    let by_program = definitions.flat_map(|definition| {
        let contexts = definition.kubeconfigs.iter().flat_map(|kubeconfig| &kubeconfig.contexts);
        let dials =
            contexts.filter(|context| context.pair.is_some()).map(|context| &definition.dials[context.dial]);
        let certificates = dials.filter_map(|dial| dial.certificate);
        certificates.filter_map(|certificate| {
            blueprint.model.authority_for(&definition.certificates[certificate].purpose)
        })
    });
    of_plan.chain(by_program).collect()
}

/// The members of everything that can be joined.
fn members<'a>(blueprint: &'a Blueprint<'_>) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    for (c, component) in blueprint.model.components.enumerate() {
        let definition = &component.definition;
        if definition.joins.is_none() {
            continue;
        }
        for (i, instance) in component.instances.enumerate() {
            let node = &blueprint.model.nodes[instance.node];
            let made =
                (0..definition.certificates.len()).filter_map(|k| blueprint.instance_certificate(c, i, k));
            members.push(Member {
                component: &definition.name,
                node: node.name.as_str(),
                ids: made.map(|made| &*blueprint.certificates[made].id).collect(),
                joins: blueprint.joins(c, i),
                setting: definition.joining_setting(),
                pool: node.pool.as_deref(),
                origin: node.origin,
            });
        }
    }
    members
}

/// The digests of the keyrings' imported generations, by keyring.
fn imported_digests(blueprint: &Blueprint<'_>) -> BTreeMap<Arc<str>, BTreeMap<u32, [u8; 32]>> {
    let digests = |keyring: &Keyring| keyring.imported.iter().map(|(g, key)| (*g, key.digest)).collect();
    let keyrings = &blueprint.model.keyrings;
    keyrings.iter().map(|(name, keyring)| (Arc::clone(name), digests(keyring))).collect()
}
