//! Checks whether one lock can result from another by commands of pkiplan.
//!
//! No command restores an earlier key, forgets a removed key, or changes what an earlier decision recorded.

use std::collections::BTreeMap;
use std::fmt;

use super::listed::LISTED;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::{CertificateRecord, KeyRecord, Lock};
use crate::specification::KeyIdentity;
use crate::stored::id_there;

/// How a lock departs from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Breach {
    OtherLock,
    OtherSecret,
    LowerGeneration,
    Forgotten,
    EarlierDates,
    Rewritten,
    DigestGone,
    Invented,
    OtherKind,
}

/// Reports whatever of `next` no command makes of `base`. An empty base is followed by any lock.
pub fn review_succession(base: &Lock, next: &Lock, diagnostics: &mut Diagnostics) {
    if base.id.is_empty() {
        return;
    }
    let mut found: BTreeMap<Breach, Vec<String>> = BTreeMap::new();
    if base.id == next.id {
        let mut add = |breach, what: String| found.entry(breach).or_default().push(what);
        secrets(base, next, &mut add);
        tombstones(base, next, &mut add);
        invented(base, next, &mut add);
        certificates(base, next, &mut add);
        keys(base, next, &mut add);
    } else {
        found.insert(Breach::OtherLock, vec![format!("`{}` instead of `{}`", next.id, base.id)]);
    }
    for (breach, all) in found {
        let first = all[..all.len().min(LISTED)].join(", ");
        let more = match all.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("{breach}: {first}{more}");
        diagnostics.push(Diagnostic::new(breach.code(), message).help(breach.help()));
    }
}

impl Breach {
    fn code(self) -> Code {
        match self {
            Breach::LowerGeneration | Breach::Forgotten | Breach::EarlierDates => Code::LockRollback,
            Breach::OtherLock | Breach::OtherSecret | Breach::Rewritten => Code::LockRewritten,
            Breach::DigestGone | Breach::Invented | Breach::OtherKind => Code::LockUnexplained,
        }
    }

    fn help(self) -> &'static str {
        match self {
            Breach::OtherLock => {
                "a different id means a different PKI, with other serial numbers; restore the lock from git, \
                 and start a new PKI under another name"
            }
            Breach::DigestGone => {
                "a merge drops digests that are no longer certain; the next build with the secret records them"
            }
            Breach::Invented => {
                "this is fine if it was added and removed since; otherwise someone edited the lock: restore it from git"
            }
            Breach::OtherKind => {
                "this is fine if the plan has changed accordingly; otherwise someone edited the lock: restore it from git"
            }
            _ => {
                "restore the newer lock from git (also after `git revert`) and run `pkiplan lock \
                 PLAN`, so that retired keys stay retired"
            }
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Breach::OtherLock => "the lock has another id than the one before it",
            Breach::OtherSecret => "the lock has another identity of a secret, or none, and the same keys",
            Breach::LowerGeneration => "the lock goes back to a retired key",
            Breach::Forgotten => "the lock forgets which keys are retired",
            Breach::EarlierDates => "the lock goes back to an earlier certificate",
            Breach::Rewritten => "the lock contradicts an earlier decision",
            Breach::Invented => "the lock lists as retired what was not there before",
            Breach::OtherKind => "a key has another kind than before",
            Breach::DigestGone => "the lock no longer has a certificate's or key's digest",
        })
    }
}

fn secrets(base: &Lock, next: &Lock, add: &mut impl FnMut(Breach, String)) {
    let needed = next.derives_from();
    for secret in needed {
        let Some(known) = base.secret(secret) else { continue };
        if next.secret(secret).is_none_or(|record| record.identity != known.identity) {
            add(Breach::OtherSecret, format!("`{}` of epoch {}", secret.name, secret.epoch));
        }
    }
}

fn tombstones(base: &Lock, next: &Lock, add: &mut impl FnMut(Breach, String)) {
    for (id, tombstone) in &base.tombstones {
        match next.tombstones.get(id) {
            None => add(Breach::Forgotten, format!("tombstone of `{id}`")),
            Some(now) if now.generation < tombstone.generation => {
                let (was, is) = (tombstone.generation, now.generation);
                add(Breach::Forgotten, format!("tombstone of `{id}`, generation {was} -> {is}"));
            }
            Some(now) if now.not_after < tombstone.not_after => {
                add(Breach::Forgotten, format!("tombstone of `{id}`, which expired later"));
            }
            Some(_) => {}
        }
    }
}

/// Tombstones that say more than the base knew of what they are for.
fn invented(base: &Lock, next: &Lock, add: &mut impl FnMut(Breach, String)) {
    for (id, tombstone) in &next.tombstones {
        let buried = base.tombstones.get(id).map(|was| (was.generation, was.not_after));
        let certificate = base.certificates.get(id);
        let certificate = certificate.map(|was| (was.key.generation().unwrap_or(1), Some(was.not_after)));
        let key = base.keys.get(id).map(|was| (was.highest, None));
        let known = || [buried, certificate, key].into_iter().flatten();
        let generation = known().map(|(generation, _)| generation).max().unwrap_or(0);
        let not_after = known().filter_map(|(_, not_after)| not_after).max();
        if tombstone.generation > generation {
            add(Breach::Invented, format!("`{id}`, generation {}", tombstone.generation));
        } else if let Some(end) = tombstone.not_after.filter(|end| Some(*end) > not_after) {
            add(Breach::Invented, format!("`{id}`, until {end}"));
        }
    }
}

fn certificates(base: &Lock, next: &Lock, add: &mut impl FnMut(Breach, String)) {
    for (id, was) in &base.certificates {
        let Some(is) = next.certificates.get(id) else {
            // Another plan's authority has no key here that could come back.
            let remembered = id_there(id).is_some() || is_buried(next, id, was.key.generation().unwrap_or(1));
            if !remembered {
                add(Breach::Forgotten, format!("`{id}`, without a tombstone"));
            }
            continue;
        };
        match (was.key, is.key) {
            (KeyIdentity::Derived { generation: old, .. }, KeyIdentity::Derived { generation: new, .. })
                if new < old =>
            {
                add(Breach::LowerGeneration, format!("`{id}`, generation {old} -> {new}"));
            }
            (KeyIdentity::Derived { .. }, KeyIdentity::Imported { .. } | KeyIdentity::External) => {
                add(Breach::LowerGeneration, format!("`{id}`, {} -> {}", was.key, is.key));
            }
            (KeyIdentity::Derived { .. }, _) => one(id, was, is, add),
            _ => {}
        }
    }
}

/// A certificate whose key is not an earlier one.
fn one(id: &str, was: &CertificateRecord, is: &CertificateRecord, add: &mut impl FnMut(Breach, String)) {
    let same = was.key == is.key && was.specification == is.specification;
    // What is decided twice at one instant is a second older.
    if same && is.not_before.plus_seconds(1) < was.not_before {
        add(Breach::EarlierDates, format!("`{id}`, from {} instead of {}", is.not_before, was.not_before));
    } else if is.serial == was.serial {
        let dates = (was.not_before, was.not_after) == (is.not_before, is.not_after);
        let digest = was.sha256.zip(is.sha256).is_none_or(|(was, is)| was == is);
        if !(same && dates && digest) {
            add(Breach::Rewritten, format!("`{id}` under the same serial number"));
        } else if is.sha256.is_none() && was.sha256.is_some() {
            add(Breach::DigestGone, format!("`{id}`"));
        }
    }
}

fn keys(base: &Lock, next: &Lock, add: &mut impl FnMut(Breach, String)) {
    for (id, was) in &base.keys {
        let Some(is) = next.keys.get(id) else {
            if !is_buried(next, id, was.highest) {
                add(Breach::Forgotten, format!("`{id}`, without a tombstone"));
            }
            continue;
        };
        if is.used < was.used {
            add(Breach::LowerGeneration, format!("`{id}`, generation {} -> {}", was.used, is.used));
        }
        if is.highest < was.highest {
            add(Breach::Forgotten, format!("`{id}`, highest generation {} -> {}", was.highest, is.highest));
        }
        if was.kind == is.kind && was.algorithm == is.algorithm {
            generations(id, was, is, add);
        } else if was.kind != is.kind {
            add(Breach::OtherKind, format!("`{id}`, {} -> {}", was.kind, is.kind));
        }
    }
}

/// What was decided of generations that stay.
fn generations(id: &str, was: &KeyRecord, is: &KeyRecord, add: &mut impl FnMut(Breach, String)) {
    for generation in was.trust.iter().filter(|generation| is.trust.contains(generation)) {
        let digests = (was.sha256.get(generation), is.sha256.get(generation));
        let digest = digests.0.zip(digests.1).is_none_or(|(was, is)| was == is);
        let ends = was.not_after.get(generation).zip(is.not_after.get(generation));
        let end = ends.is_none_or(|(was, is)| was == is);
        if !digest || !end || was.secret(*generation) != is.secret(*generation) {
            add(Breach::Rewritten, format!("`{id}`, generation {generation}"));
        } else if let (Some(_), None) = digests {
            add(Breach::DigestGone, format!("`{id}`, generation {generation}"));
        }
    }
}

fn is_buried(lock: &Lock, id: &str, generation: u32) -> bool {
    lock.tombstones.get(id).is_some_and(|tombstone| tombstone.generation >= generation)
}
