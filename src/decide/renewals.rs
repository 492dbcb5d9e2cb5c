//! Selects the certificates that get new dates: those that were named, or those that expire soon.

use std::collections::BTreeSet;

use super::imported;
use super::place::placed;
use super::wanted::{PASSWORD, TOKEN, Wanted, WantedKey};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::index::List;
use crate::lock::Lock;
use crate::specification::{CertificateIndex, Specification};
use crate::values::{Duration, IdParts, Instant};

/// What the ids of keyrings begin with.
const KEYRING: &str = "keyring";

/// What is to get new dates although nothing of it differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renew {
    /// Ids, in which `*` stands for anything; none: all that end within the window.
    pub names: Vec<String>,
    /// The window. Issuers that end in it are renewed before what they issue, named or not.
    pub within: Duration,
    /// Whether end entities get a new key, too. Those of authorities are the plan's to decide.
    pub rekey: bool,
}

/// The answer, by position among what is wanted.
pub(super) struct Renewals {
    asked: List<Specification, bool>,
    /// The keys whose generation the lock decides, and which get the next one.
    keys: BTreeSet<String>,
    rekey: bool,
}

impl Renewals {
    pub(super) fn new(
        renew: Option<&Renew>,
        (wanted, keys): (&List<Specification, Wanted<'_>>, &[WantedKey<'_>]),
        (lock, at): (&Lock, Instant),
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let Some(renew) = renew else {
            return Self { asked: wanted.map(|_| false), keys: BTreeSet::new(), rekey: false };
        };
        let until = at.plus(renew.within);
        let ends =
            |one: &Wanted<'_>| lock.certificates.get(one.id).is_some_and(|record| record.not_after <= until);
        let mut asked: List<Specification, bool> = if renew.names.is_empty() {
            let theirs = wanted.iter().filter(|one| one.target.is_some() && ends(one));
            let mut reported = BTreeSet::new();
            // One may be on many hosts.
            let theirs = theirs.filter(|one| reported.insert(one.target));
            diagnostics.extend(theirs.map(|one| left_to_others(one, lock)));
            wanted.map(|one| !one.rotated && ends(one))
        } else {
            wanted.map(|_| false)
        };
        let mut replaced = BTreeSet::new();
        if renew.names.is_empty() {
            let ends = |key: &&WantedKey<'_>| {
                let record = lock.keys.get(key.id);
                record.and_then(|record| record.not_after.get(&record.used)).is_some_and(|end| *end <= until)
            };
            let due = keys.iter().filter(|key| key.by_lock).filter(ends);
            replaced.extend(due.map(|key| key.id.to_owned()));
        }
        for name in &renew.names {
            let found: Vec<CertificateIndex> =
                wanted.indices().filter(|&i| means(name, &wanted[i])).collect();
            let (by_lock, by_plan): (Vec<_>, Vec<_>) = keys_of(name, keys).partition(|key| key.by_lock);
            if found.is_empty() && by_lock.is_empty() {
                match by_plan.is_empty() {
                    true => diagnostics.push(unknown(name, (wanted, keys))),
                    false => by_plan.iter().for_each(|key| diagnostics.push(decided_by_plan(key))),
                }
            }
            replaced.extend(by_lock.iter().map(|key| key.id.to_owned()));
            for i in found {
                if wanted[i].stored.is_some() && !asked[i] {
                    diagnostics.push(made_elsewhere(&wanted[i]));
                } else if renew.rekey && wanted[i].generation.is_some() && !asked[i] {
                    diagnostics.push(rekeyed(&wanted[i]));
                }
                asked[i] = true;
            }
        }
        // Each stands after its issuer.
        for i in wanted.indices().rev() {
            if let Some(issuer) = wanted[i].issuer.filter(|&issuer| asked[i] && ends(&wanted[issuer])) {
                asked[issuer] = true;
            }
        }
        Self { asked, keys: replaced, rekey: renew.rekey }
    }

    /// Whether a key is to get its next generation.
    pub(super) fn holds_key(&self, id: &str) -> bool {
        self.keys.contains(id)
    }

    /// Whether one was asked for.
    pub(super) fn holds(&self, position: CertificateIndex) -> bool {
        self.asked.get(position).is_some_and(|asked| *asked)
    }

    /// Whether one is to get a new key.
    pub(super) fn rekeys(&self, position: CertificateIndex, wanted: &Wanted<'_>) -> bool {
        self.rekey && wanted.generation.is_none() && self.holds(position)
    }
}

/// Whether a name means this one. An authority may be named without its generation.
fn means(name: &str, wanted: &Wanted<'_>) -> bool {
    let id = &**wanted.id;
    matches(name, id) || IdParts::with_generation(id).is_some_and(|(authority, _)| matches(name, authority))
}

/// The keys that a name means, but for authorities, which have certificates.
fn keys_of<'a>(name: &str, keys: &'a [WantedKey<'a>]) -> impl Iterator<Item = &'a WantedKey<'a>> {
    keys.iter().filter(move |key| IdParts::of(key.id).kind == KEYRING && matches(name, key.id))
}

/// Whether a text is the pattern, where `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

fn unknown(name: &str, (wanted, keys): (&List<Specification, Wanted<'_>>, &[WantedKey<'_>])) -> Diagnostic {
    let tokens = keys.iter().filter(|key| key.by_lock).map(|key| key.id);
    let help = did_you_mean(name, wanted.iter().map(|wanted| &**wanted.id).chain(tokens))
        .unwrap_or_else(|| "`pkiplan status PLAN --all` lists all; `*` matches anything".to_owned());
    let message = if name.contains('*') {
        format!("no certificate of the plan matches `{name}`")
    } else {
        format!("the plan has no certificate `{name}`")
    };
    Diagnostic::new(Code::UnknownCertificate, message).help(help)
}

fn rekeyed(wanted: &Wanted<'_>) -> Diagnostic {
    let (id, next) = (wanted.id, wanted.generation.unwrap_or(1).saturating_add(1));
    let message = format!("`{id}` is an authority: a renewed authority keeps its key");
    let help = format!(
        "a new key is a new generation in the plan, in three commits: first also trust {next}, then `use = {next}`, \
         then trust only {next}"
    );
    placed(Diagnostic::new(Code::RekeyedAuthority, message).help(help), wanted.origin, "this authority")
}

fn decided_by_plan(key: &WantedKey<'_>) -> Diagnostic {
    let next = key.trust.iter().copied().fold(key.used, u32::max).saturating_add(1);
    let message = format!("the plan decides which generation of `{}` is in use", key.id);
    let help = match key.kind {
        TOKEN => format!(
            "write `generations = {{ use = {next}, trust = [{next}] }}`, or remove `generations`, and \
             `renew` replaces the token"
        ),
        PASSWORD => format!("write `generations = {{ use = {next} }}`"),
        _ => format!(
            "a new key is a new generation in the plan, in three commits: first also trust {next}, then `use \
             = {next}`, then trust only {next}"
        ),
    };
    let diagnostic = Diagnostic::new(Code::RenewedKey, message).help(help);
    match key.origin {
        Some(span) => diagnostic.at(span, "decided here"),
        None => diagnostic,
    }
}

fn made_elsewhere(wanted: &Wanted<'_>) -> Diagnostic {
    let message = format!("`{}` was imported, so `renew` cannot renew it", wanted.id);
    placed(
        Diagnostic::new(Code::RenewedImport, message).help(imported::renew(wanted)),
        wanted.origin,
        if wanted.target.is_some() { "imported here" } else { "this authority" },
    )
}

/// One that would be renewed if it were made here.
fn left_to_others(wanted: &Wanted<'_>, lock: &Lock) -> Diagnostic {
    let end = lock.certificates.get(wanted.id).map(|record| record.not_after.to_string()).unwrap_or_default();
    let message = format!("`{}` expires at {end} and was not renewed: it is imported", wanted.id);
    let diagnostic = Diagnostic::new(Code::LeftToOthers, message).help(imported::renew(wanted));
    placed(diagnostic, wanted.origin, "imported here")
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, text, wanted) in [
            ("a/b", "a/b", true),
            ("a/b", "a/bc", false),
            ("*", "", true),
            ("node.*/etcd-peer", "node.m1/etcd-peer", true),
            ("node.*/etcd-peer", "node.m1/etcd-peers", false),
            ("node.m1/*", "node.m1/", true),
            ("node.m1/*", "node.m10/x", false),
            ("*a*a", "a", false),
            ("*a*a", "aba", true),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }
}
