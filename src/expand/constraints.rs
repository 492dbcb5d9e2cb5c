//! Checks certificates against the name constraints of their authorities.

use std::collections::BTreeMap;

use super::artefacts::{Certificate, Holder};
use super::blueprint::Blueprint;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};
use crate::specification::CertificateIndex;
use crate::values::{AlternativeName, NameConstraint, TextConstraint};

/// Whoever verifies a chain refuses a name outside of what any authority in it may certify (RFC 5280, 6.1.3).
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let certificates = &blueprint.certificates;
    let limits: BTreeMap<CertificateIndex, Limits<'_>> = certificates
        .indices()
        .filter_map(|position| Some((position, Limits::of(blueprint, position)?)))
        .collect();
    if limits.is_empty() {
        return;
    }
    // A name of the catalog would otherwise be reported for each host.
    let mut outside: BTreeMap<(CertificateIndex, AlternativeName), (CertificateIndex, usize)> =
        BTreeMap::new();
    for (position, certificate) in certificates.enumerate() {
        let mut above = certificate.issuer;
        while let Some(issuer) = above {
            if let Some(limits) = limits.get(&issuer) {
                for name in
                    certificate.specification.names.iter().filter(|name| limits.refuse(name).is_some())
                {
                    outside.entry((issuer, name.clone())).or_insert((position, 0)).1 += 1;
                }
            }
            above = certificates[issuer].issuer;
        }
    }
    for ((issuer, name), (first, count)) in outside {
        diagnostics.extend(limits.get(&issuer).map(|limits| message(blueprint, limits, &name, first, count)));
    }
}

/// What one certificate of an authority may certify.
struct Limits<'a> {
    authority: &'a str,
    /// Whether its certificate was made elsewhere.
    imported: bool,
    permitted: Vec<(Limit<'a>, Span)>,
    excluded: Vec<(Limit<'a>, Span)>,
}

/// One of them.
#[derive(Clone, Copy)]
enum Limit<'a> {
    Name(&'a NameConstraint),
    Text(&'a TextConstraint),
}

impl Limit<'_> {
    fn concerns(&self, name: &AlternativeName) -> bool {
        match self {
            Limit::Name(limit) => limit.concerns(name),
            Limit::Text(limit) => limit.concerns(name),
        }
    }

    fn holds(&self, name: &AlternativeName) -> bool {
        match self {
            Limit::Name(limit) => limit.holds(name),
            Limit::Text(limit) => limit.holds(name),
        }
    }

    fn touches(&self, name: &AlternativeName) -> bool {
        match self {
            Limit::Name(limit) => limit.touches(name),
            Limit::Text(limit) => limit.touches(name),
        }
    }
}

impl<'a> Limits<'a> {
    /// None where it may certify everything.
    fn of(blueprint: &'a Blueprint<'_>, position: CertificateIndex) -> Option<Self> {
        let certificate: &Certificate = &blueprint.certificates[position];
        let Holder::Authority(index) = certificate.holder else { return None };
        let authority = &blueprint.model.authorities[index];
        let origin = certificate.origin;
        let written = |all: &'a [Spanned<NameConstraint>]| {
            all.iter().map(|one| (Limit::Name(&one.value), one.span)).collect()
        };
        let imported = |names: &'a [NameConstraint], texts: &'a [TextConstraint]| -> Vec<(Limit<'a>, Span)> {
            let all = names.iter().map(Limit::Name).chain(texts.iter().map(Limit::Text));
            all.map(|limit| (limit, origin)).collect()
        };
        let (permitted, excluded): (Vec<_>, Vec<_>) = match &certificate.stored {
            Some(stored) => (
                imported(&stored.permitted, &stored.permitted_texts),
                imported(&stored.excluded, &stored.excluded_texts),
            ),
            None => (written(&authority.constraints.permitted), written(&authority.constraints.excluded)),
        };
        let limits = Limits {
            authority: &authority.name,
            imported: certificate.stored.is_some(),
            permitted,
            excluded,
        };
        (!limits.permitted.is_empty() || !limits.excluded.is_empty()).then_some(limits)
    }

    /// What refuses a name: a constraint that excludes it, or those of its kind, none of which permits it.
    fn refuse(&self, name: &AlternativeName) -> Option<(bool, Span)> {
        if let Some((_, span)) = self.excluded.iter().find(|(constraint, _)| constraint.touches(name)) {
            return Some((true, *span));
        }
        let mut permitted = self.permitted.iter().filter(|(constraint, _)| constraint.concerns(name));
        let (_, first) = permitted.clone().next()?;
        let held = permitted.any(|(constraint, _)| constraint.holds(name));
        (!held).then_some((false, *first))
    }
}

fn message(
    blueprint: &Blueprint<'_>,
    limits: &Limits<'_>,
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
        limits.authority
    );
    let diagnostic = Diagnostic::new(Code::OutsideConstraints, message).at(place, "the name");
    let Some((excludes, span)) = limits.refuse(name) else { return diagnostic };
    let (label, help) = match (limits.imported, excludes) {
        (true, _) => (
            "imported with constraints",
            "ask the owner of the authority to reissue it with the same key and this name permitted, \
             or remove the name from the certificate"
                .to_owned(),
        ),
        (false, true) => (
            "what excludes it",
            "remove the name from the certificate, or the constraint from the authority".to_owned(),
        ),
        (false, false) => {
            ("permitted names of this kind are listed here", format!("permit it too: `{}`", permitting(name)))
        }
    };
    diagnostic.at(span, label).help(help)
}

/// What would permit a name.
fn permitting(name: &AlternativeName) -> String {
    match name {
        AlternativeName::Ip(address) => format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }),
        AlternativeName::Dns(name) => name.as_str().trim_start_matches("*.").to_owned(),
        AlternativeName::Uri(text) | AlternativeName::Email(text) => text.to_string(),
    }
}
