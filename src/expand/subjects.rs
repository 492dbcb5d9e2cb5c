//! Warns about ambiguous subjects: one that is equal to its issuer's, and one that several users share.

use std::collections::BTreeMap;

use super::artefacts::{Certificate, Holder};
use super::blueprint::Blueprint;
use super::context::push_once;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::values::Usage;

pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    for certificate in &blueprint.certificates {
        found.extend(like_its_issuer(blueprint, certificate));
    }
    same_users(blueprint, &mut found);
    push_once(diagnostics, found);
}

/// An end entity that is called as the authority above it looks as if it had signed itself (RFC 5280, 6.1).
fn like_its_issuer(blueprint: &Blueprint<'_>, certificate: &Certificate) -> Option<Diagnostic> {
    let issuer = &blueprint.certificates[certificate.issuer?];
    let subject = &certificate.specification.subject;
    if certificate.holder.is_authority() || *subject != issuer.specification.subject {
        return None;
    }
    let message =
        format!("`{}` has the subject of its own issuer `{}`: {subject}", certificate.id, issuer.key_id);
    let diagnostic =
        Diagnostic::new(Code::SubjectOfIssuer, message).at(certificate.origin, "this certificate");
    let diagnostic = match issuer.holder {
        Holder::Authority(authority) => {
            diagnostic.at(blueprint.model.authorities[authority].origin, "this authority")
        }
        _ => diagnostic,
    };
    Some(diagnostic.help("give the authority its own `common-name`"))
}

/// Clients of the users' authority that have one common name and are called differently in plan and catalog:
/// whoever checks them takes them for one user.
fn same_users(blueprint: &Blueprint<'_>, found: &mut Vec<Diagnostic>) {
    let model = blueprint.model;
    let Some(authority) = model.users_purpose.as_ref().and_then(|purpose| model.authority_for(purpose))
    else {
        return;
    };
    let signer = blueprint.authorities[authority].signer;
    let mut known: BTreeMap<&str, &Certificate> = BTreeMap::new();
    // Components first: what the plan adds disagrees with them, not they with it.
    let (own, of_components): (Vec<_>, Vec<_>) =
        blueprint.certificates.iter().partition(|certificate| is_of_the_plan(certificate));
    for certificate in of_components.into_iter().chain(own) {
        let specification = &certificate.specification;
        let client = certificate.issuer == Some(signer) && specification.usages.contains(&Usage::Client);
        let Some(name) = specification.subject.common_name().filter(|_| client) else { continue };
        let Some(earlier) = known.get(name) else {
            known.insert(name, certificate);
            continue;
        };
        if is_of_the_plan(certificate) && certificate.origin != earlier.origin {
            let message = format!(
                "`{}` and `{}` are the same user to the API server: `{name}`",
                earlier.id, certificate.id
            );
            let diagnostic = Diagnostic::new(Code::SameUser, message).at(certificate.origin, "this one");
            let help = "give one of them another `common-name`";
            found.push(diagnostic.at(earlier.origin, "and this one").help(help));
        }
    }
}

fn is_of_the_plan(certificate: &Certificate) -> bool {
    matches!(certificate.holder, Holder::Free { .. } | Holder::User(_))
}
