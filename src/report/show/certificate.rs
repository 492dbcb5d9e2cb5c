//! The answer about one certificate.

use super::answer::{Nothing, Sections, joined, origin, unknown};
use crate::expand::{Blueprint, Certificate, Holder};
use crate::render::{self, Filling, Form, Hole, Sheet};
use crate::report::certificate::{issuer, reason as said};
use crate::report::table::Section;
use crate::resolve::NodeIndex;
use crate::specification::CertificateIndex;
use crate::values::UnitId;

/// All there is to say of it.
///
/// # Errors
/// The plan has none of that name, or what it holds cannot be rendered.
pub fn sections(blueprint: &Blueprint<'_>, id: &str) -> Sections {
    let all = &blueprint.certificates;
    let exact = all.position(|certificate| *certificate.id == *id);
    let index = exact.or_else(|| all.position(|certificate| *certificate.key_id == *id));
    let index =
        index.ok_or_else(|| unknown("certificate", id, all.iter().map(|certificate| &*certificate.id)))?;
    let certificate = &all[index];
    let mut sections = vec![own(blueprint, certificate), names(blueprint, index)];
    sections.push(places(blueprint, index)?);
    Ok(sections)
}

fn own(blueprint: &Blueprint<'_>, certificate: &Certificate) -> Section {
    let specification = &certificate.specification;
    let place = origin(blueprint, Some(certificate.origin));
    let mut section = Section::new(format!("certificate {}", certificate.id));
    let subject = certificate.stored.as_ref().map(|stored| stored.subject_text.clone());
    section.row("subject", subject.unwrap_or_else(|| specification.subject.to_string()), &*place);
    match &specification.authority {
        Some(authority) => {
            let below = authority.path_length.map_or("any number of".to_owned(), |length| length.to_string());
            section.row("is", format!("an authority, with {below} authorities below it"), &*place);
        }
        None => section.row("usage", joined(&specification.usages), &*place),
    }
    section.row("authority", issuer(blueprint, certificate), "");
    section.row("key", specification.key, "");
    section.row(
        "validity",
        specification.validity,
        origin(blueprint, blueprint.validity_origin(certificate)),
    );
    if let Some(spread) = certificate.spread {
        section.row("spread", format!("expires earlier by less than {spread}"), "");
    }
    section
}

fn names(blueprint: &Blueprint<'_>, index: CertificateIndex) -> Section {
    let mut section = Section::new("names");
    for (name, reason) in blueprint.reasons(index) {
        section.row(name.to_string(), said(&reason), origin(blueprint, Some(reason.span())));
    }
    section
}

/// Hosts and paths where certificate and key lie; where one lies on very many hosts, the first of them.
fn places(blueprint: &Blueprint<'_>, index: CertificateIndex) -> Result<Section, Nothing> {
    const SHOWN: usize = 40;
    let mut section = Section::new("installed at");
    let mut total = 0;
    let nodes: Vec<NodeIndex> = match blueprint.certificates[index].holder {
        Holder::Authority(_) | Holder::Foreign(_) => blueprint.model.nodes.indices().collect(),
        Holder::Free { node, .. } => node.into_iter().collect(),
        Holder::Instance { component, instance, .. } => {
            vec![blueprint.model.components[component].instances[instance].node]
        }
        Holder::Component { .. } | Holder::User(_) => Vec::new(),
    };
    let mut add = |unit: String, sheets: &[Sheet]| {
        for sheet in sheets {
            for what in holds(sheet, index) {
                total += 1;
                if total <= SHOWN {
                    section.row(what, format!("{unit}{}", sheet.path), "");
                }
            }
        }
    };
    for node in nodes {
        let sheets = render::host(blueprint, node).map_err(Nothing::Diagnostics)?;
        add(format!("{}:/", blueprint.model.nodes[node].name), &sheets);
    }
    if let Some((unit, sheets)) = render::user(blueprint, index) {
        add(format!("{unit}/"), &sheets);
    }
    if matches!(blueprint.certificates[index].holder, Holder::Component { .. }) {
        let sheets = render::cluster(blueprint).map_err(Nothing::Diagnostics)?;
        add(format!("{}/", UnitId::Cluster), &sheets);
    }
    if total > SHOWN {
        section.row("and", format!("{} more places", total - SHOWN), "");
    }
    Ok(section)
}

/// What a sheet holds of a certificate.
fn holds(sheet: &Sheet, index: CertificateIndex) -> Vec<&'static str> {
    let held = |hole: &Hole| match (&hole.filling, hole.form) {
        (Filling::Certificates(all), form) if all.contains(&index) => Some(match form {
            Form::Text => "certificate",
            Form::Base64 => "certificate, embedded",
        }),
        (Filling::Key(key), form) if *key == index => Some(match form {
            Form::Text => "key",
            Form::Base64 => "key, embedded",
        }),
        (Filling::Crl(signer, _), _) if *signer == index => Some("CRL, which it signs"),
        (Filling::Store(store), _) if store.key() == Some(index) => Some("certificate and key, in a store"),
        (Filling::Store(store), _) if store.certificates().contains(&index) => {
            Some("certificate, in a store")
        }
        _ => None,
    };
    sheet.content.holes().filter_map(held).collect()
}
