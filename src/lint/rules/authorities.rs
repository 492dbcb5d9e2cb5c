//! Rules for the certificates of authorities: their form, their name constraints, and which groups share one.

use std::collections::{BTreeMap, BTreeSet};

use super::set::{Item, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::lint::knowledge::Knowledge;
use crate::lint::report::Report;

pub(super) fn check(set: &Set<'_>, knowledge: &Knowledge, report: &mut Report) {
    for item in set.certificates.iter().filter(|item| item.certificate.is_authority()) {
        form(item, report);
        constraints(item, knowledge, report);
    }
    for item in set.certificates.iter().filter(|item| !item.certificate.is_authority()) {
        leaf_form(item, report);
    }
    generations(set, report);
    shared(set, knowledge, report);
}

fn form(item: &Item<'_>, report: &mut Report) {
    let certificate = item.certificate;
    let mut lacks = Vec::new();
    match &certificate.basic {
        None => lacks.push("it is of version 1, without basic constraints"),
        Some(basic) if !basic.critical => lacks.push("its basic constraints are not critical"),
        Some(_) => {}
    }
    if certificate.version == 3 {
        match &certificate.key_usages {
            None => lacks.push("it has no key usage (`keyCertSign, cRLSign`)"),
            Some(_) if !certificate.key_usage_critical => lacks.push("its key usage is not critical"),
            Some(_) => {}
        }
        if !certificate.has_subject_key_identifier {
            lacks.push("it has no subject key identifier");
        }
    }
    if !lacks.is_empty() {
        let message = format!(
            "the authority {} is not a well-formed CA certificate: {}",
            certificate.name(),
            lacks.join(", ")
        );
        report.say(
            Code::LintAuthorityForm,
            item.place,
            message,
            "add these extensions to the next generation",
        );
    }
}

fn leaf_form(item: &Item<'_>, report: &mut Report) {
    let certificate = item.certificate;
    let mut lacks = Vec::new();
    if certificate.version < 3 {
        lacks.push("it is of version 1, which has no extensions");
    } else {
        if certificate.purposes.is_none() {
            lacks.push("no extended key usage: it is valid for every purpose");
        }
        if certificate.key_usages.is_none() {
            lacks.push("no key usage");
        }
        if !certificate.has_authority_key_identifier && !certificate.is_self_issued() {
            lacks.push("no authority key identifier");
        }
    }
    if !lacks.is_empty() {
        let message =
            format!("the certificate of {} lacks extensions: {}", certificate.name(), lacks.join(", "));
        let help = "give `openssl x509 -req` an `-extfile` with `extendedKeyUsage`, `keyUsage` and `authorityKeyIdentifier`";
        report.say(Code::LintLeafForm, item.place, message, help);
    }
}

/// Name constraints that every server's certificate below would break, or that Go does not understand.
fn constraints(item: &Item<'_>, knowledge: &Knowledge, report: &mut Report) {
    let Some(constraints) = &item.certificate.constraints else { return };
    let name = item.certificate.name();
    if constraints.not_understood {
        let message =
            format!("the authority {name} has critical name constraints of a kind that Go does not support");
        let help = "Go refuses every chain through it; directory names cannot limit users and groups there";
        return report.say(Code::LintNameLimits, item.place, message, help);
    }
    let below = |dns: &str, limit: &str| {
        let limit = limit.trim_start_matches('.');
        limit.is_empty() || dns == limit || dns.strip_suffix(limit).is_some_and(|rest| rest.ends_with('.'))
    };
    let permitted =
        |dns: &str| constraints.permitted.as_ref().is_none_or(|all| all.iter().any(|one| below(dns, one)));
    let excluded = |dns: &str| constraints.excluded.iter().any(|one| below(dns, one));
    let needed = knowledge.roles.needed_names();
    let refused: Vec<&str> = needed.filter(|dns| !permitted(dns) || excluded(dns)).collect();
    let refused: Vec<String> = refused.into_iter().map(|dns| format!("`{dns}`")).collect();
    if !refused.is_empty() {
        let message =
            format!("the name constraints of the authority {name} do not permit {}", refused.join(", "));
        let help = "clients refuse every API server certificate below it: permit these names";
        report.say(Code::LintNameLimits, item.place, message, help);
    }
}

/// Authorities of one name with several keys, which only key identifiers tell apart.
fn generations(set: &Set<'_>, report: &mut Report) {
    let mut seen: BTreeMap<&[u8], &Item<'_>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for item in set.certificates.iter().filter(|item| item.certificate.is_authority()) {
        let earlier = seen.entry(&item.certificate.subject).or_insert(item);
        let (one, other) = (earlier.certificate, item.certificate);
        let told_apart = one.has_subject_key_identifier && other.has_subject_key_identifier;
        if one.key.public_sha256 != other.key.public_sha256 && !told_apart && told.insert(&other.subject) {
            let message = format!(
                "two authorities have the name {}, and no key identifiers that tell them apart",
                other.name()
            );
            let help = "give each generation a subject key identifier, or its own name";
            let diagnostic = Diagnostic::new(Code::LintTwoGenerations, message).at(item.place, "this one");
            report.push(diagnostic.at(earlier.place, "and this one").help(help));
        }
    }
}

/// An authority that serves groups which should not share one.
fn shared(set: &Set<'_>, knowledge: &Knowledge, report: &mut Report) {
    let mut served: BTreeMap<&str, BTreeMap<&str, &Item<'_>>> = BTreeMap::new();
    for item in &set.certificates {
        let Some(group) = item.role.and_then(|role| role.group.as_deref()) else { continue };
        let authority =
            if item.certificate.is_authority() { Some(item) } else { set.issuer(item.certificate) };
        let Some(key) = authority.and_then(|authority| authority.certificate.key.public_sha256.as_deref())
        else {
            continue;
        };
        served.entry(key).or_default().entry(group).or_insert(item);
    }
    for groups in served.into_values().filter(|groups| groups.len() > 1) {
        for (group, item) in &groups {
            let Some(apart) = knowledge.roles.apart(group) else { continue };
            let Some((_, other)) = groups.iter().find(|(other, _)| *other != group) else { continue };
            let title = |item: &Item<'_>| item.role.map(|role| role.title.clone()).unwrap_or_default();
            let message = format!("{} and {} have the same authority", title(item), title(other));
            let diagnostic = Diagnostic::new(Code::LintSharedAuthority, message).at(item.place, "this one");
            report.push(diagnostic.at(other.place, "and this one").help(apart));
        }
    }
}
