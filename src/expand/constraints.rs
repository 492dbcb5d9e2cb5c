//! Whether certificates keep to the names that the authorities above them may certify.

use std::collections::BTreeMap;

use super::artefacts::{Certificate, Holder};
use super::blueprint::Blueprint;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::resolve::{Authority, AuthorityIndex};
use crate::source::Spanned;
use crate::specification::CertificateIndex;
use crate::values::{AlternativeName, NameConstraint};

/// Whoever verifies a chain refuses a name outside of what any authority in it may certify (RFC 5280, 6.1.3).
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let authorities = &blueprint.model.authorities;
    let constrained =
        |a: &Authority| !a.constraints.permitted.is_empty() || !a.constraints.excluded.is_empty();
    if !authorities.iter().any(constrained) {
        return;
    }
    // A name of the catalog would otherwise be told for each host.
    let mut outside: BTreeMap<(AuthorityIndex, AlternativeName), (CertificateIndex, usize)> = BTreeMap::new();
    for (position, certificate) in blueprint.certificates.enumerate() {
        let mut above = issuing_authority(blueprint, certificate);
        while let Some(index) = above {
            for name in &certificate.specification.names {
                if refused(&authorities[index], name).is_some() {
                    outside.entry((index, name.clone())).or_insert((position, 0)).1 += 1;
                }
            }
            above = authorities[index].issuer;
        }
    }
    for ((index, name), (first, count)) in outside {
        diagnostics.push(message(blueprint, &authorities[index], &name, first, count));
    }
}

fn issuing_authority(blueprint: &Blueprint<'_>, certificate: &Certificate) -> Option<AuthorityIndex> {
    match blueprint.certificates[certificate.issuer?].holder {
        Holder::Authority(index) => Some(index),
        _ => None,
    }
}

/// What refuses a name: a constraint that excludes it, or those of its kind, none of which permits it.
fn refused<'a>(
    authority: &'a Authority,
    name: &AlternativeName,
) -> Option<(bool, &'a Spanned<NameConstraint>)> {
    let constraints = &authority.constraints;
    if let Some(excluding) = constraints.excluded.iter().find(|constraint| constraint.value.touches(name)) {
        return Some((true, excluding));
    }
    let mut permitted = constraints.permitted.iter().filter(|constraint| constraint.value.concerns(name));
    let first = permitted.clone().next()?;
    let held = permitted.any(|constraint| constraint.value.holds(name));
    (!held).then_some((false, first))
}

fn message(
    blueprint: &Blueprint<'_>,
    authority: &Authority,
    name: &AlternativeName,
    certificate: CertificateIndex,
    count: usize,
) -> Diagnostic {
    let certificate_id = &blueprint.certificates[certificate].id;
    let place = blueprint
        .reasons(certificate)
        .into_iter()
        .find(|(known, _)| known == name)
        .map_or(blueprint.certificates[certificate].origin, |(_, reason)| reason.span());
    let others = match count {
        1 => String::new(),
        2 => " and of one more".to_owned(),
        _ => format!(" and of {} more", count - 1),
    };
    let message = format!(
        "authority `{}` may not certify `{name}`, a name of `{certificate_id}`{others}",
        authority.name
    );
    let diagnostic = Diagnostic::new(Code::OutsideConstraints, message).at(place, "the name");
    let Some((excludes, constraint)) = refused(authority, name) else { return diagnostic };
    let (label, help) = if excludes {
        (
            "what excludes it",
            "take the name out of the certificate, or the constraint out of the authority".to_owned(),
        )
    } else {
        ("names of its kind are permitted from here on", format!("permit it as well: `{}`", permitting(name)))
    };
    diagnostic.at(constraint.span, label).help(help)
}

/// What would permit a name.
fn permitting(name: &AlternativeName) -> String {
    match name {
        AlternativeName::Ip(address) => format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }),
        AlternativeName::Dns(name) => name.as_str().trim_start_matches("*.").to_owned(),
        AlternativeName::Uri(text) | AlternativeName::Email(text) => text.to_string(),
    }
}
