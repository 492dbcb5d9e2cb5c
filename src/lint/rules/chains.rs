//! Rules for issuers and signatures, and for the order of files with several certificates.

use std::collections::BTreeMap;

use super::set::{Item, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::lint::certificate::Signed;
use crate::lint::report::Report;

pub(super) fn check(set: &Set<'_>, report: &mut Report) {
    let mut serials: BTreeMap<(&[u8], &[u8]), &Item<'_>> = BTreeMap::new();
    for item in &set.certificates {
        issuer(set, item, report);
        let certificate = item.certificate;
        let first = serials.entry((&certificate.issuer, &certificate.serial)).or_insert(item);
        if first.certificate.der != certificate.der {
            let message = format!(
                "{} and {} have the same issuer and serial number",
                first.certificate.name(),
                certificate.name()
            );
            let diagnostic = Diagnostic::new(Code::LintDuplicateSerial, message).at(item.place, "this one");
            report.push(
                diagnostic
                    .at(first.place, "and this one")
                    .help("reissue one of them with a random serial number"),
            );
        }
    }
    for items in files(set) {
        order(&items, report);
    }
}

/// The issuer, where it is among the files: whether it signed, and holds long enough.
fn issuer(set: &Set<'_>, item: &Item<'_>, report: &mut Report) {
    let certificate = item.certificate;
    let others = set.certificates.iter().filter(|other| other.certificate.der != certificate.der);
    let named: Vec<&Item<'_>> =
        others.filter(|other| other.certificate.subject == certificate.issuer).collect();
    let signed: Vec<&Item<'_>> = named
        .iter()
        .copied()
        .filter(|other| match certificate.signed_by(other.certificate) {
            Signed::Yes => true,
            Signed::Unknown => !certificate.is_self_issued(),
            Signed::No => false,
        })
        .collect();
    if certificate.is_self_issued() {
        // Generations of one authority name each other.
        if let Some(authority) = signed.first().filter(|_| !certificate.is_authority()) {
            subject_of_issuer(item, authority, report);
            outlives(item, &signed, report);
        }
    } else if signed.is_empty() {
        if let Some(other) = named.first() {
            not_signed(item, other, report);
        }
    } else {
        outlives(item, &signed, report);
    }
}

fn subject_of_issuer(item: &Item<'_>, authority: &Item<'_>, report: &mut Report) {
    let message = format!("the certificate of {} has the same name as its issuer", item.certificate.name());
    let diagnostic = Diagnostic::new(Code::LintSubjectOfIssuer, message).at(item.place, "this certificate");
    let help = "OpenSSL before 3.0 treats it as self-signed, and refuses it: give the authority its own name";
    report.push(diagnostic.at(authority.place, "its issuer").help(help));
}

fn not_signed(item: &Item<'_>, other: &Item<'_>, report: &mut Report) {
    let (one, two) = (item.certificate.name(), other.certificate.name());
    let message = format!("{one} names the issuer {two}, but no CA with this name here signed it");
    let diagnostic = Diagnostic::new(Code::LintBrokenChain, message).at(item.place, "this certificate");
    let help = "it belongs to another cluster, or the CA was regenerated: reissue it with this CA, or also trust the old CA";
    report.push(diagnostic.at(other.place, "this is another authority with that name").help(help));
}

fn outlives(item: &Item<'_>, signed: &[&Item<'_>], report: &mut Report) {
    let longest = signed.iter().max_by_key(|other| other.certificate.validity.1);
    let Some(authority) = longest else { return };
    let beyond = item.certificate.validity.1 - authority.certificate.validity.1;
    if beyond > 0 {
        let (one, two) = (item.certificate.name(), authority.certificate.name());
        let message = format!("{one} is valid {} days longer than its issuer {two}", beyond / 86_400);
        let diagnostic =
            Diagnostic::new(Code::LintOutlivesIssuer, message).at(item.place, "this certificate");
        report.push(
            diagnostic
                .at(authority.place, "its issuer")
                .help("it stops working when its issuer expires: renew the issuer first"),
        );
    }
}

/// The certificates of each file, and of each value that a kubeconfig embeds.
fn files<'s, 'f>(set: &'s Set<'f>) -> Vec<Vec<&'s Item<'f>>> {
    let mut all: Vec<Vec<&Item<'_>>> = Vec::new();
    for item in &set.certificates {
        match all.last_mut() {
            Some(items)
                if items.last().is_some_and(|last| {
                    last.file == item.file
                        && last.position < item.position
                        && (!item.embedded || last.place == item.place)
                }) =>
            {
                items.push(item);
            }
            _ => all.push(vec![item]),
        }
    }
    all
}

/// A chain has its leaf first, then each one's issuer, and no root (RFC 8446, 4.4.2).
fn order(items: &[&Item<'_>], report: &mut Report) {
    let leaf = items.iter().position(|item| !item.certificate.is_authority());
    match leaf {
        Some(0) if items.len() > 1 => {}
        Some(at) if at > 0 => {
            let Some(item) = items.get(at) else { return };
            let message = format!("the certificate of {} follows a CA certificate", item.certificate.name());
            let help = "a chain starts with the certificate that has the key: programs use the first one";
            return report.say(Code::LintChainOrder, item.place, message, help);
        }
        _ => return,
    }
    for pair in items.windows(2) {
        let [child, parent] = pair else { continue };
        if child.certificate.issuer != parent.certificate.subject {
            let message =
                format!("{} did not issue {} before it", parent.certificate.name(), child.certificate.name());
            let help = "each certificate of a chain is followed by its issuer";
            return report.say(Code::LintChainOrder, parent.place, message, help);
        }
        if parent.certificate.is_self_issued() {
            let message = format!("the chain of {} contains its root", child.certificate.name());
            report.say(
                Code::LintRootInChain,
                parent.place,
                message,
                "remove it: peers that trust it already have it",
            );
        }
    }
}
