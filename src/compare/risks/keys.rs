//! Keys that change, are copied to more hosts, or expire soon.

use std::collections::{BTreeMap, BTreeSet};

use super::super::comparison::{CertificateChange, Comparison, Made};
use super::super::done::Done;
use super::super::state::State;
use super::super::unit::Unit;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::resolve::{AuthorityIndex, Generations, Keyring, KeyringKind};
use crate::specification::{Issuer, Word};
use crate::values::{PlainText, counted, plural};

/// What `status` and `renew` call due: what is valid for less has to be renewed as soon as it is made.
const WINDOW_DAYS: u64 = 30;
const DAY: u64 = 86_400;

/// Authorities that sign with another key.
pub(super) fn authorities(sides: &Sides<'_>, comparison: &Comparison) -> Vec<Risk> {
    let mut found = Vec::new();
    let (old, new) = (sides.before.blueprint, sides.after.blueprint);
    for (position, authority) in new.model.authorities.enumerate() {
        let Some(was) = old.model.authorities.position(|old| old.id == authority.id) else { continue };
        let signer = |state: &State<'_>, at: AuthorityIndex| {
            state.draft.certificates[state.blueprint.authorities[at].signer].key
        };
        let (before, after) = (signer(sides.before, was), signer(sides.after, position));
        if before == after {
            continue;
        }
        let below = new.certificates.iter().filter(|certificate| {
            matches!(&certificate.specification.issuer, Issuer::Authority { id, .. } if *id == authority.id)
        });
        let ids: BTreeSet<&str> = below.map(|certificate| &*certificate.id).collect();
        let changed = comparison.certificates.iter().filter(|change| ids.contains(change.id.as_str()));
        let count = changed.count();
        let message = format!(
            "`authority.{}` signs with another key ({before} -> {after}): {} {} reissued by it",
            authority.name,
            counted(count, "certificate"),
            plural(count, "is", "are")
        );
        let help = "every client and server must already trust the new key: first roll out the commit \
                    before this one to every host (record it with `pkiplan applied`, and later steps wait for it)";
        found.push(RiskKind::AuthorityKey.of(message, help));
    }
    found
}

/// What makes an API server encrypt what is stored with the key in use.
const WRITE_AGAIN: &str =
    "write everything that is stored again (`kubectl get secrets -A -o json | kubectl replace -f -`)";

/// Encryption keys and plain text that change places, or go.
pub(super) fn encryption(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let encrypting = new.keyrings.iter().filter(|(_, keyring)| keyring.kind.encrypts());
    let recorded = &sides.before.draft.lock.keys;
    let risks = encrypting.filter_map(|(name, keyring)| {
        let (before, after) = (&old.keyrings.get(name)?.generations, &keyring.generations);
        let unused = recorded.get(&keyring.id).map_or(&[][..], |record| &record.unused);
        Some(written(name, before, after).into_iter().chain(lost(name, (before, unused), after)))
    });
    risks.flatten().collect()
}

/// What is written from now on is stored in another way than before.
fn written(name: &str, before: &Generations, after: &Generations) -> Option<Risk> {
    let how = |generations: &Generations| match generations.plain_text {
        PlainText::Written => "plain text".to_owned(),
        PlainText::Read | PlainText::Refused | PlainText::Unsaid => {
            format!("encrypted with generation {}", generations.used)
        }
    };
    let (old, new) = (how(before), how(after));
    if old == new {
        return None;
    }
    let message = format!("from now on, `keyring.{name}` writes data {new}, no longer {old}");
    let help = format!(
        "every API server must be able to read this before one writes it: first roll out the commit before this one to \
         every host (record it with `pkiplan applied`, and later steps wait for it); afterwards {WRITE_AGAIN}"
    );
    Some(RiskKind::EncryptionOrder.of(message, &help))
}

/// What can no longer be read.
fn lost(name: &str, (before, unused): (&Generations, &[u32]), after: &Generations) -> Option<Risk> {
    let kept = |generation: &u32| after.trust.contains(generation) || unused.contains(generation);
    let gone = before.trust.iter().filter(|generation| !kept(generation));
    let gone: Vec<String> = gone.map(ToString::to_string).collect();
    let keys = (!gone.is_empty()).then(|| format!("encrypted with generation {}", gone.join(", ")));
    let plain = before.plain_text.is_read() && !after.plain_text.is_read();
    let plain = plain.then(|| "plain text".to_owned());
    let what: Vec<String> = keys.into_iter().chain(plain).collect();
    if what.is_empty() {
        return None;
    }
    let message =
        format!("data that is still {} of `keyring.{name}` can no longer be read", what.join(" or "));
    Some(RiskKind::EncryptionOrder.of(message, &format!("before this is rolled out, {WRITE_AGAIN}")))
}

/// Tokens with which nodes join that become others at once.
pub(super) fn tokens(sides: &Sides<'_>) -> Vec<Risk> {
    let old = &sides.before.blueprint.model.keyrings;
    let is_token = |keyring: &&Keyring| matches!(keyring.kind, KeyringKind::BootstrapToken(_));
    let all = sides.after.blueprint.model.keyrings.values().filter(is_token);
    let replaced = all.filter_map(|keyring| {
        let was = old.get(&keyring.name).filter(is_token)?.generations.used;
        (was != keyring.generations.used).then(|| {
            let message = format!("from now on, nodes join with another token of `{}`", keyring.id);
            let help = format!(
                "apply `cluster/` before a host gets its new files, or the API servers do not know the new \
                 token. The Secret of generation {was} stays in the cluster until it expires: delete it if the token has leaked"
            );
            RiskKind::RunningState.of(message, &help)
        })
    });
    replaced.collect()
}

/// Private keys of several that come to hosts which did not have them. Those that sign for the cluster make whoever reads
/// the host an administrator.
pub(super) fn spreading(sides: &Sides<'_>, units: &[Unit]) -> Vec<Risk> {
    let mut by_keys: BTreeMap<(BTreeSet<&str>, RiskKind, bool), Vec<&str>> = BTreeMap::new();
    for unit in units {
        let Some(host) = unit.name.host() else { continue };
        let new = unit.change == Done::Added;
        let (signing, others): (BTreeSet<&str>, BTreeSet<&str>) =
            unit.keys.iter().map(String::as_str).partition(|id| signs(sides, id));
        for (keys, kind) in [(signing, RiskKind::SigningKey), (others, RiskKind::KeySpreads)] {
            if !keys.is_empty() {
                by_keys.entry((keys, kind, new)).or_default().push(host);
            }
        }
    }
    let reported = by_keys.into_iter().map(|((keys, kind, new), hosts)| {
        let whose = if new { "a new host" } else { "a host that did not have them" };
        let whose = if hosts.len() == 1 { whose.to_owned() } else { counted(hosts.len(), "host") };
        let keys: Vec<&str> = keys.into_iter().collect();
        let message = format!("{whose} gets private keys, {}: {}", hosts.join(", "), keys.join(", "));
        let help = match kind {
            RiskKind::SigningKey => {
                "whoever reads the host's disk can make credentials for every user and group"
            }
            _ => "whoever reads the host's disk has them",
        };
        kind.of(message, help)
    });
    reported.collect()
}

/// Whether a key signs what the cluster believes: certificates, or tokens of service accounts.
fn signs(sides: &Sides<'_>, id: &str) -> bool {
    let keyrings = &sides.after.blueprint.model.keyrings;
    keyrings
        .values()
        .find(|keyring| *keyring.id == *id)
        .is_none_or(|keyring| matches!(keyring.kind, KeyringKind::KeyPair(_)))
}

/// Certificates that are valid for less time than a renewal takes.
pub(super) fn short(sides: &Sides<'_>, comparison: &Comparison) -> Option<Risk> {
    let lock = &sides.after.draft.lock;
    let old = &sides.before.draft.lock;
    let seconds = |lock: &crate::lock::Lock, id: &str| {
        let validity = lock.certificates.get(id)?.specification.of(&Word::Validity).next()?;
        validity.strip_suffix('s')?.parse::<u64>().ok()
    };
    let is_short = |seconds: Option<u64>| seconds.is_some_and(|seconds| seconds < WINDOW_DAYS * DAY);
    let found = comparison.certificates.iter().filter(|change| {
        change.change != Made::Removed
            && is_short(seconds(lock, &change.id))
            && !is_short(seconds(old, &change.id))
    });
    let found: Vec<&CertificateChange> = found.collect();
    let ids: Vec<&str> = found.iter().map(|change| change.id.as_str()).collect();
    if ids.is_empty() {
        return None;
    }
    let message = format!(
        "{} {} valid for less than {WINDOW_DAYS} days, the window in which {} renewed: {}",
        counted(ids.len(), "certificate"),
        plural(ids.len(), "is", "are"),
        plural(ids.len(), "it is", "they are"),
        listed(ids.iter().copied())
    );
    let by_others = |change: &CertificateChange| matches!(change.change, Made::Imported | Made::Replaced);
    let help = match found.iter().all(|change| by_others(change)) {
        true => "agree with their issuer on when you get the next ones",
        false => "renew them regularly, or give them a longer validity",
    };
    Some(RiskKind::ShortValidity.of(message, help))
}
