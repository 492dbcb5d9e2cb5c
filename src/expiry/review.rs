//! Warns about everything that has expired or is not yet valid.

use std::collections::BTreeSet;

use super::ending::{Ending, Expiry};
use super::list::refused;
use super::state::State;
use super::stops::stops;
use crate::decide::{listed, renew_import, replace_import};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::{Blueprint, Holder};
use crate::lock::Lock;
use crate::resolve::{AuthorityIndex, Keyring};
use crate::specification::CertificateIndex;
use crate::values::{Instant, Serial, counted, plural};

/// Warns of what nobody accepts at an instant.
pub fn review(blueprint: &Blueprint<'_>, lock: &Lock, at: Instant, diagnostics: &mut Diagnostics) {
    let (mut certificates, mut elsewhere, mut theirs) = (Vec::new(), false, BTreeSet::new());
    for entry in &refused(blueprint, lock, at) {
        match (entry.ending, entry.state) {
            (Ending::Token(keyring), _) => diagnostics.push(token(blueprint, entry, keyring)),
            (Ending::Crl(authority), _) => diagnostics.push(crl(blueprint, entry, authority)),
            (Ending::ImportedAuthority(position), state) => {
                let made = &blueprint.certificates[position];
                let help = renew_import(&made.id, blueprint.plan_of(made));
                elsewhere |= state == State::Expired;
                diagnostics.push(imported(entry, help).at(made.origin, "asked for here"));
            }
            // One may be on many hosts.
            (Ending::Imported(position), _) if !theirs.insert(blueprint.certificates[position].origin) => {}
            (Ending::Imported(position), _) => {
                let made = &blueprint.certificates[position];
                let target = blueprint.imported(position).map(|imported| &*imported.target);
                let help = replace_import(target.unwrap_or_default());
                diagnostics.push(imported(entry, help).at(made.origin, "imported here"));
            }
            (Ending::Certificate(position), State::Expired) => certificates.push(position),
            // Of what was decided here it is an error of the lock, which the audit reports.
            (Ending::Certificate(_) | Ending::Gone(_), _) => {}
        }
    }
    diagnostics.extend(revoked(blueprint, lock));
    // As the plan has them: authorities first.
    certificates.sort_unstable();
    let ids: Vec<&str> = certificates.iter().map(|&position| &*blueprint.certificates[position].id).collect();
    expired(&ids, at, elsewhere).into_iter().for_each(|warning| diagnostics.push(warning));
}

fn expired(ids: &[&str], at: Instant, elsewhere: bool) -> Option<Diagnostic> {
    let what = match ids.len() {
        0 => return None,
        1 => "a certificate has".to_owned(),
        count => format!("{count} certificates have"),
    };
    let help = if elsewhere {
        "an imported authority has expired, too, and nothing below it can expire later: ask its \
         owner to renew it first"
    } else {
        "`pkiplan renew PLAN` renews them and keeps their keys, authorities first"
    };
    let message = format!("{what} expired at {at}: {}", listed(ids));
    Some(Diagnostic::new(Code::AlreadyExpired, message).help(help))
}

/// Something imported that nobody accepts now; of an authority, nothing below it either.
fn imported(entry: &Expiry<'_>, renew: String) -> Diagnostic {
    let (id, shown) =
        (entry.id, |date: Option<Instant>| date.map(|date| date.to_string()).unwrap_or_default());
    if entry.state == State::Expired {
        let message = format!("the imported certificate of `{id}` has expired at {}", shown(entry.not_after));
        return Diagnostic::new(Code::AlreadyExpired, message).help(renew);
    }
    let message =
        format!("the imported certificate of `{id}` is not valid before {}", shown(entry.not_before));
    let refuse = match entry.ending {
        Ending::Imported(_) => "nobody accepts it",
        _ => "nobody accepts what it issues",
    };
    let help = format!(
        "{refuse} before that: the clock of its issuer was fast, or the clock of this machine is slow; wait, or \
         have it reissued"
    );
    Diagnostic::new(Code::NotYetValid, message).help(help)
}

/// A revocation list that nobody accepts now: who has to check clients against it refuses all of them (RFC 5280, 6.3.3).
fn crl(blueprint: &Blueprint<'_>, entry: &Expiry<'_>, authority: AuthorityIndex) -> Diagnostic {
    let authority = &blueprint.model.authorities[authority];
    let (id, name) = (&authority.id, &authority.name);
    let shown = |date: Option<Instant>| date.map(|date| date.to_string()).unwrap_or_default();
    let diagnostic = match entry.state {
        State::Expired => {
            let message = format!(
                "the CRL of `{id}` expired at {}: most programs that check clients against it refuse every client",
                shown(entry.not_after)
            );
            let help = format!(
                "write a new `issued` and `expires` and a larger `number` in `[authority.{name}.crl]`, and build"
            );
            Diagnostic::new(Code::AlreadyExpired, message).help(help)
        }
        _ => {
            let message = format!("the CRL of `{id}` is not valid before {}", shown(entry.not_before));
            let help = "until then, most programs that check clients against it refuse every client: write an earlier `issued`";
            Diagnostic::new(Code::NotYetValid, message).help(help)
        }
    };
    match &authority.crl {
        Some(crl) => diagnostic.at(crl.span, "said here"),
        None => diagnostic,
    }
}

/// Certificates that are revoked and still in the trees. Those of one list are one warning.
fn revoked(blueprint: &Blueprint<'_>, lock: &Lock) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, authority) in blueprint.model.authorities.enumerate() {
        let Some(crl) = &authority.crl else { continue };
        let serials: BTreeSet<Serial> = crl.value.revoked.iter().map(|revoked| revoked.serial).collect();
        let issued_here =
            |issuer: CertificateIndex| blueprint.certificates[issuer].holder == Holder::Authority(index);
        let issued = blueprint.certificates.iter().filter(|one| one.issuer.is_some_and(issued_here));
        let is_revoked =
            |id: &str| lock.certificates.get(id).is_some_and(|one| serials.contains(&one.serial));
        let ids: Vec<&str> = issued.map(|one| &*one.id).filter(|id| is_revoked(id)).collect();
        if ids.is_empty() {
            continue;
        }
        let has = plural(ids.len(), "is", "are");
        let message = format!(
            "{} {has} revoked by the CRL of `{}`, but still in the trees",
            listed(&ids),
            authority.id
        );
        let help = "`pkiplan renew PLAN ID --rekey` replaces the certificate and its key; or remove \
                    its owner from the plan";
        found.push(Diagnostic::new(Code::RevokedCertificate, message).at(crl.span, "this CRL").help(help));
    }
    found
}

fn token(blueprint: &Blueprint<'_>, entry: &Expiry<'_>, keyring: &Keyring) -> Diagnostic {
    let (id, end) = (entry.id, entry.not_after.map(|end| end.to_string()).unwrap_or_default());
    let stops = stops(blueprint, std::slice::from_ref(entry)).unwrap_or_default();
    let held = stops
        .joins
        .iter()
        .map(|joins| format!("`{}` of {}", joins.component, counted(joins.on.len(), "node")));
    let held: Vec<String> = held.collect();
    let whose =
        if held.is_empty() { String::new() } else { format!("; it is in the trees for {}", held.join(", ")) };
    let message = format!(
        "the token of `{id}` expired at {end}: nodes that have not joined cannot get a certificate{whose}"
    );
    let replace = if keyring.is_decided_by_lock() {
        format!("`pkiplan renew PLAN {id}` replaces it")
    } else {
        let next = keyring.generations.trust.iter().copied().fold(keyring.generations.used, u32::max) + 1;
        format!("to replace it, write `generations = {{ use = {next}, trust = [{next}] }}`")
    };
    let help = format!(
        "{replace}; after the build, apply `cluster/` before the node starts. Or replace the keyring with `[bootstrap]`, \
         which changes nothing for the kubelets: `pkiplan join` then creates a token when a node joins"
    );
    Diagnostic::new(Code::AlreadyExpired, message)
        .at(keyring.generations.origin.unwrap_or(keyring.origin), "of this keyring")
        .help(help)
}
