//! Merges two locks that have a common base, entry by entry.
//!
//! A change of one side is taken, and so is a change that both sides made in the same way. If both sides changed an
//! entry differently, this merge does not settle the conflict: it keeps one of the two decisions. The next build keeps
//! that decision if the merged plan has the same specification, else it decides again. Tombstones and generations never
//! decrease, so no key that either side removed is used again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use super::{CertificateRecord, KeyRecord, Lock, SecretRecord, Tombstone};
use crate::specification::Word;

/// A merged lock.
#[derive(Debug)]
pub struct Merged {
    /// The lock.
    pub lock: Lock,
    /// The entries that both sides decided differently, sorted.
    pub contested: BTreeSet<Arc<str>>,
}

/// What nobody but a person can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The two locks were begun apart.
    OtherLock,
    /// Both sides have a secret of that name, and not the same one.
    Secret(Arc<str>),
}

type Entries<V> = BTreeMap<Arc<str>, V>;

/// Brings together what became of `base` on two sides.
///
/// # Errors
/// Where no lock can serve both.
pub fn merge(base: &Lock, ours: &Lock, theirs: &Lock) -> Result<Merged, Conflict> {
    if ours.id != theirs.id {
        return Err(Conflict::OtherLock);
    }
    let mut lock = Lock::new(ours.id.clone());
    for (id, tombstone) in ours.tombstones.iter().chain(&theirs.tombstones) {
        lock.bury(id, *tombstone);
    }
    lock.secrets = secrets(base, ours, theirs)?;
    let mut contested = BTreeSet::new();
    for id in ids(&ours.catalog, &theirs.catalog) {
        let of = |lock: &Lock| lock.catalog.get(id).copied();
        let taken = take(of(base), of(ours), of(theirs), |a, b| a == b);
        let digest = match taken {
            Taken::One(digest) => digest,
            Taken::Contested(ours, theirs) => {
                contested.insert(Arc::clone(id));
                ours.or(theirs)
            }
        };
        lock.catalog.extend(digest.map(|digest| (Arc::clone(id), digest)));
    }
    keys(base, ours, theirs, &mut lock, &mut contested);
    certificates(base, ours, theirs, &mut lock, &mut contested);
    Ok(Merged { lock, contested })
}

fn secrets(base: &Lock, ours: &Lock, theirs: &Lock) -> Result<Entries<SecretRecord>, Conflict> {
    let mut secrets = Entries::new();
    for name in ids(&ours.secrets, &theirs.secrets) {
        let of = |lock: &Lock| lock.secrets.get(name).cloned();
        match take(of(base), of(ours), of(theirs), |a, b| a == b) {
            Taken::One(Some(secret)) => _ = secrets.insert(Arc::clone(name), secret),
            Taken::One(None) => {}
            Taken::Contested(..) => return Err(Conflict::Secret(Arc::clone(name))),
        }
    }
    Ok(secrets)
}

fn keys(base: &Lock, ours: &Lock, theirs: &Lock, lock: &mut Lock, contested: &mut BTreeSet<Arc<str>>) {
    for id in ids(&ours.keys, &theirs.keys) {
        let of = |lock: &Lock| lock.keys.get(id).cloned();
        let key = match take(of(base), of(ours), of(theirs), KeyRecord::decides_like) {
            Taken::One(key) => key,
            Taken::Contested(ours, theirs) => {
                contested.insert(Arc::clone(id));
                match (ours, theirs) {
                    (Some(ours), Some(theirs)) => Some(both(ours, theirs)),
                    (Some(gone), None) | (None, Some(gone)) => {
                        lock.bury(id, Tombstone { generation: gone.highest, not_after: None });
                        None
                    }
                    (None, None) => None,
                }
            }
        };
        lock.keys.extend(key.map(|key| (Arc::clone(id), key)));
    }
}

/// The highest of both; what is used and trusted the plan says again.
fn both(ours: KeyRecord, theirs: KeyRecord) -> KeyRecord {
    let (mut one, other) = if ours.used < theirs.used { (theirs, ours) } else { (ours, theirs) };
    one.unused.retain(|generation| !other.trust.contains(generation) || other.unused.contains(generation));
    one.trust.extend(&other.trust);
    one.trust.sort_unstable();
    one.trust.dedup();
    one.highest = one.highest.max(other.highest);
    for (generation, digest) in other.sha256 {
        one.sha256.entry(generation).or_insert(digest);
    }
    one
}

fn certificates(
    base: &Lock,
    ours: &Lock,
    theirs: &Lock,
    lock: &mut Lock,
    contested: &mut BTreeSet<Arc<str>>,
) {
    let mut from: BTreeMap<&Arc<str>, &Lock> = BTreeMap::new();
    for id in ids(&ours.certificates, &theirs.certificates) {
        let of = |lock: &Lock| lock.certificates.get(id).cloned();
        let record = match take(of(base), of(ours), of(theirs), CertificateRecord::decides_like) {
            Taken::One(record) => record,
            Taken::Contested(ours, theirs) => {
                contested.insert(Arc::clone(id));
                match (ours, theirs) {
                    (Some(ours), Some(theirs)) => Some(later(ours, theirs)),
                    // It was given up on one side: its key must not stay in use.
                    (Some(gone), None) | (None, Some(gone)) => {
                        let generation = gone.key.generation().unwrap_or(1);
                        lock.bury(id, Tombstone { generation, not_after: Some(gone.not_after) });
                        None
                    }
                    (None, None) => None,
                }
            }
        };
        let Some(record) = record else { continue };
        let is_ours = ours.certificates.get(id).is_some_and(|mine| mine.decides_like(&record));
        from.insert(id, if is_ours { ours } else { theirs });
        lock.certificates.insert(Arc::clone(id), record);
    }
    // A fingerprint is certain as long as the issuer has the names under which it signed.
    let signed_so = |(id, side): &(&Arc<str>, &Lock)| {
        let record = &side.certificates[*id];
        issuer_names(side, record) == issuer_names(lock, record)
    };
    let uncertain: Vec<_> = from.into_iter().filter(|one| !signed_so(one)).map(|(id, _)| id).collect();
    for id in uncertain {
        lock.certificates.entry(Arc::clone(id)).and_modify(|record| record.sha256 = None);
    }
}

/// The names of a certificate's issuer, which stand in what it signs and not in the words of that.
fn issuer_names(lock: &Lock, record: &CertificateRecord) -> Vec<String> {
    let Some(issuer) = record.specification.of(&Word::Issuer).next() else { return Vec::new() };
    let first = format!("{issuer}/");
    let all = lock.certificates.range::<str, _>((Bound::Included(first.as_str()), Bound::Unbounded));
    let generations = all.take_while(|(id, _)| id.starts_with(&first));
    let names = generations.map(|(id, authority)| {
        let subject: Vec<String> = authority.specification.of(&Word::Subject).collect();
        format!("{id} {}", subject.join(","))
    });
    names.collect()
}

/// The one with the newer key, or else the one that was made later.
fn later(ours: CertificateRecord, theirs: CertificateRecord) -> CertificateRecord {
    let rank = |record: &CertificateRecord| (record.key.generation(), record.not_before, record.serial);
    if rank(&ours) < rank(&theirs) { theirs } else { ours }
}

enum Taken<V> {
    One(Option<V>),
    /// Both sides differ from the base, and from each other.
    Contested(Option<V>, Option<V>),
}

/// What a merge takes of an entry.
fn take<V: PartialEq>(
    base: Option<V>,
    ours: Option<V>,
    theirs: Option<V>,
    alike: impl Fn(&V, &V) -> bool,
) -> Taken<V> {
    let same = |one: &Option<V>, other: &Option<V>| match (one, other) {
        (Some(one), Some(other)) => alike(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    if same(&ours, &theirs) {
        // Where only fingerprints differ, whoever departed from the base has recorded one.
        Taken::One(if ours == base { theirs } else { ours })
    } else if same(&base, &ours) {
        Taken::One(theirs)
    } else if same(&base, &theirs) {
        Taken::One(ours)
    } else {
        Taken::Contested(ours, theirs)
    }
}

fn ids<'a, V>(ours: &'a Entries<V>, theirs: &'a Entries<V>) -> BTreeSet<&'a Arc<str>> {
    ours.keys().chain(theirs.keys()).collect()
}
