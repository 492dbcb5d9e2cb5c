//! The authorities on the page: what each one issues, and which components trust it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shown::Shown;
use crate::catalog::Holds;
use crate::expand::Holder;

/// An authority of the plan, or of another one.
#[derive(Serialize)]
pub(super) struct Authority {
    name: String,
    subject: String,
    /// The plan that it is of, if it is another one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// The name of the one above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    serves: Vec<String>,
    key: String,
    generations: String,
    /// Kinds of certificates that it issues, each with their number.
    issues: Vec<(String, usize)>,
    /// Components with the bundle that holds it and the number of their hosts; `true`: who verifies clients.
    trusted: Vec<(String, usize, bool)>,
}

/// Those of the plan, those above before those below; at last those of other plans.
pub(super) fn authorities(shown: &Shown<'_>) -> Vec<Authority> {
    let blueprint = shown.blueprint;
    let model = blueprint.model;
    let mut all: Vec<Authority> = model
        .authorities
        .enumerate()
        .map(|(index, authority)| {
            let certificates =
                blueprint.authorities[index].trusted.iter().map(|(_, certificate)| *certificate);
            let certificates: Vec<_> = certificates.collect();
            let mut issues: BTreeMap<String, usize> = BTreeMap::new();
            for certificate in &blueprint.certificates {
                if certificate.issuer.is_some_and(|issuer| certificates.contains(&issuer)) {
                    *issues.entry(kind(shown, certificate.holder)).or_default() += 1;
                }
            }
            let trusted: Vec<u32> = authority.generations.trust.to_vec();
            let trusted: Vec<String> = trusted.iter().map(ToString::to_string).collect();
            Authority {
                name: authority.name.to_string(),
                subject: authority.subject_text(),
                plan: None,
                issuer: authority.issuer.map(|above| model.authorities[above].name.to_string()),
                serves: authority.serves.iter().map(ToString::to_string).collect(),
                key: authority.key.to_string(),
                generations: format!("uses {}, trusts {}", authority.generations.used, trusted.join(", ")),
                issues: issues.into_iter().collect(),
                trusted: Vec::new(),
            }
        })
        .collect();
    all.extend(model.foreign.iter().map(|foreign| Authority {
        name: foreign.name.to_string(),
        subject: String::new(),
        plan: Some(foreign.plan.to_string()),
        issuer: None,
        serves: Vec::new(),
        key: String::new(),
        generations: String::new(),
        issues: Vec::new(),
        trusted: Vec::new(),
    }));
    trust(shown, &mut all);
    all
}

/// What a certificate is, for all that are alike.
fn kind(shown: &Shown<'_>, holder: Holder) -> String {
    let model = shown.blueprint.model;
    match holder {
        Holder::Authority(authority) => format!("CA {}", model.authorities[authority].name),
        Holder::Foreign(foreign) => format!("CA {}", model.foreign[foreign].name),
        Holder::Component { component, certificate } | Holder::Instance { component, certificate, .. } => {
            let definition = &model.components[component].definition;
            format!("{} {}", definition.name, definition.certificates[certificate].name)
        }
        Holder::Free { certificate, .. } => format!("certificate {}", model.certificates[certificate].name),
        Holder::User(_) => "users".to_owned(),
    }
}

/// Who has which authority in a bundle.
fn trust(shown: &Shown<'_>, all: &mut [Authority]) {
    let blueprint = shown.blueprint;
    let mut found: BTreeMap<(String, String, bool), usize> = BTreeMap::new();
    for (component, of) in blueprint.model.components.enumerate() {
        for (bundle, definition) in of.definition.bundles.iter().enumerate() {
            for instance in of.instances.indices() {
                let (certificates, _) = blueprint.held(component, instance, bundle);
                let mut names: Vec<String> = certificates
                    .into_iter()
                    .filter_map(|certificate| match blueprint.certificates[certificate].holder {
                        Holder::Authority(authority) => {
                            Some(blueprint.model.authorities[authority].name.to_string())
                        }
                        Holder::Foreign(foreign) => Some(blueprint.model.foreign[foreign].name.to_string()),
                        _ => None,
                    })
                    .collect();
                names.dedup();
                for name in names {
                    let who = format!("{} ({})", of.definition.name, definition.name);
                    *found.entry((name, who, definition.holds == Holds::Issuers)).or_default() += 1;
                }
            }
        }
    }
    for ((name, who, clients), hosts) in found {
        if let Some(authority) = all.iter_mut().find(|authority| authority.name == name) {
            authority.trusted.push((who, hosts, clients));
        }
    }
}
