//! Rules for keys: which certificate each belongs to, and which certificates share one.

use std::collections::{BTreeMap, BTreeSet};

use super::set::{Item, KeyItem, Set};
use crate::catalog::stem;
use crate::diagnostics::{Code, Diagnostic};
use crate::lint::report::Report;

pub(super) fn check(set: &Set<'_>, report: &mut Report) {
    fit(set, report);
    service_accounts(set, report);
    shared(set, report);
    of_authorities(set, report);
}

/// A file's folder and its name without what it is.
fn pair(path: &str) -> (&str, &str) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folder, stem(name))
}

/// The host, and what [`pair`] gives of a path.
type Beside<'p> = (Option<&'p str>, (&'p str, &'p str));

/// A key beside a certificate of its name.
fn fit(set: &Set<'_>, report: &mut Report) {
    let mut certificates: BTreeMap<Beside<'_>, Vec<&Item<'_>>> = BTreeMap::new();
    for item in set.certificates.iter().filter(|item| !item.embedded) {
        certificates.entry((item.host, pair(item.path))).or_default().push(item);
    }
    for key in set.keys.iter().filter(|key| key.private && key.public.is_some()) {
        let Some(items) = certificates.get(&(key.host, pair(key.path))) else { continue };
        let Some(first) = items.first() else { continue };
        let fits = |item: &&Item<'_>| item.certificate.key.public_sha256.as_deref() == key.public;
        // A bundle of generations holds that of the key somewhere; a chain begins with it.
        let found = if first.certificate.is_authority() { items.iter().any(fits) } else { fits(first) };
        if !found {
            let message = format!("the key is not that of the certificate of {}", first.certificate.name());
            let diagnostic = Diagnostic::new(Code::LintKeyMismatch, message).at(key.place, "this key");
            report.push(
                diagnostic
                    .at(first.place, "this certificate")
                    .help("restore the key that the certificate was made with, or reissue it"),
            );
        }
    }
}

/// Keys that sign tokens: of a kind that can, the same on both sides, and of nothing else.
fn service_accounts(set: &Set<'_>, report: &mut Report) {
    let of_tokens = |role: Option<&crate::catalog::FileRole>| role.is_some_and(|role| role.signs_tokens);
    let signers: Vec<&KeyItem<'_>> = set.keys.iter().filter(|key| of_tokens(key.role)).collect();
    for key in &signers {
        if !key.algorithm.starts_with("rsa") && !key.algorithm.starts_with("ecdsa") {
            let message = format!("tokens cannot be signed with a key of {}", key.algorithm);
            report.say(Code::LintServiceAccountPair, key.place, message, "take RSA or ECDSA");
        }
    }
    let (private, public): (Vec<&KeyItem<'_>>, Vec<&KeyItem<'_>>) =
        signers.iter().partition(|key| key.private);
    let holders = set.certificates.iter().filter(|item| of_tokens(item.role));
    let known: Vec<(Option<&str>, &str, Option<&str>)> = public
        .iter()
        .map(|key| (key.host, key.path, key.public))
        .chain(holders.map(|item| (item.host, item.path, item.certificate.key.public_sha256.as_deref())))
        .collect();
    for key in private.iter().filter(|key| key.public.is_some()) {
        let beside = |path: &str| pair(path).0 == pair(key.path).0;
        let mut near = known.iter().filter(|(host, path, _)| *host == key.host && beside(path)).peekable();
        if near.peek().is_some() && !near.any(|(.., public)| *public == key.public) {
            let message = "tokens signed with this key are refused: the public key next to it does not match";
            report.say(
                Code::LintServiceAccountPair,
                key.place,
                message,
                "write its public key with `openssl pkey -in KEY -pubout`",
            );
        }
    }
    for key in &signers {
        let shared = set.certificates.iter().find(|item| {
            !of_tokens(item.role)
                && key.public.is_some()
                && item.certificate.key.public_sha256.as_deref() == key.public
        });
        if let Some(item) = shared {
            let what = if item.certificate.is_authority() { "the authority" } else { "the certificate of" };
            let message =
                format!("the key that signs tokens is also the key of {what} {}", item.certificate.name());
            let diagnostic = Diagnostic::new(Code::LintServiceAccountKey, message).at(key.place, "this key");
            report.push(
                diagnostic
                    .at(item.place, "this certificate")
                    .help("create a separate key: `openssl genrsa -out sa.key 2048`"),
            );
        }
    }
}

/// The key of an authority in a certificate that is none.
fn of_authorities(set: &Set<'_>, report: &mut Report) {
    let (authorities, others): (Vec<&Item<'_>>, Vec<&Item<'_>>) =
        set.certificates.iter().partition(|item| item.certificate.is_authority());
    let mut by_key: BTreeMap<&str, &Item<'_>> = BTreeMap::new();
    for authority in authorities {
        if let Some(public) = authority.certificate.key.public_sha256.as_deref() {
            by_key.entry(public).or_insert(authority);
        }
    }
    let mut said = BTreeSet::new();
    for item in others {
        let Some(public) = item.certificate.key.public_sha256.as_deref() else { continue };
        let Some(authority) = by_key.get(public) else { continue };
        let is_other = item.certificate.subject != authority.certificate.subject;
        if is_other && said.insert((public, &item.certificate.subject)) {
            let (one, two) = (item.certificate.name(), authority.certificate.name());
            let message = format!("{one} has the key of the authority {two}");
            let diagnostic = Diagnostic::new(Code::LintSharedKey, message).at(item.place, "this one");
            let help = "its holder can sign certificates, too: create a separate key";
            report.push(diagnostic.at(authority.place, "and this one").help(help));
        }
    }
}

/// One key in certificates of several names.
fn shared(set: &Set<'_>, report: &mut Report) {
    let mut by_key: BTreeMap<&str, Vec<&Item<'_>>> = BTreeMap::new();
    for item in set.certificates.iter().filter(|item| !item.certificate.is_authority()) {
        if let Some(public) = item.certificate.key.public_sha256.as_deref() {
            by_key.entry(public).or_default().push(item);
        }
    }
    for items in by_key.into_values() {
        let Some(first) = items.first() else { continue };
        let other = items.iter().find(|item| item.certificate.subject != first.certificate.subject);
        if let Some(other) = other {
            let (one, two) = (first.certificate.name(), other.certificate.name());
            let diagnostic =
                Diagnostic::new(Code::LintSharedKey, format!("{one} and {two} have the same key"))
                    .at(first.place, "this one");
            let help = "its holder can act as both: create a key for each (did you sign a request with another name?)";
            report.push(diagnostic.at(other.place, "and this one").help(help));
        }
        let mut groups = items.iter().filter_map(|item| Some((item, item.role?.group.as_deref()?)));
        let Some((first, group)) = groups.next().filter(|_| other.is_none()) else { continue };
        if let Some((elsewhere, _)) = groups.find(|(_, of)| *of != group) {
            let title = |item: &Item<'_>| item.role.map(|role| role.title.clone()).unwrap_or_default();
            let message = format!("{} and {} are the same certificate", title(first), title(elsewhere));
            let diagnostic = Diagnostic::new(Code::LintSharedKey, message).at(first.place, "here");
            report.push(
                diagnostic.at(elsewhere.place, "and here").help("issue one for each, from its own authority"),
            );
        }
    }
}
