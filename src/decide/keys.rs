//! Decisions about keys that belong to no certificate.
//!
//! The plan lists their generations and the lock records them. For tokens, the lock may decide the generation.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::encryption::concerns_plain_text;
use super::generation::check_generation;
use super::renewals::Renewals;
use super::wanted::WantedKey;
use super::{imported, secrets};
use crate::diagnostics::Diagnostics;
use crate::lock::{KeyRecord, Lock, Tombstone};
use crate::values::{Instant, PlainText};

/// Fills the next lock's keys.
pub(super) fn decide(
    keys: &[WantedKey<'_>],
    previous: &Lock,
    next: &mut Lock,
    (at, renewals): (Instant, &Renewals),
    diagnostics: &mut Diagnostics,
) {
    for key in keys {
        let recorded = previous.keys.get(key.id);
        let buried = previous.tombstones.get(key.id).map(|tombstone| tombstone.generation);
        // Where plain text is written no key is in use.
        let used = recorded.filter(|record| !concerns_plain_text(key, record)).map(|record| record.used);
        let place = (key.id, key.origin);
        check_generation(place, key.used, used, None, diagnostics);
        // What was removed with all its generations must not even be trusted again.
        let lowest = key.trust.iter().copied().fold(key.used, u32::min);
        check_generation(place, lowest, None, buried, diagnostics);
        imported::check_keys(key, recorded, !previous.secrets.is_empty(), diagnostics);
        let fresh = recorded
            .filter(|_| renewals.holds_key(key.id))
            .map(|record| record.highest.max(buried.unwrap_or(0)).saturating_add(1));
        let trust: Vec<u32> = fresh.map_or_else(|| key.trust.to_vec(), |generation| vec![generation]);
        let decided = WantedKey { used: fresh.unwrap_or(key.used), trust: &trust, ..*key };
        next.keys.insert(Arc::from(key.id), record(&decided, recorded, at));
    }
}

/// Leaves a tombstone for each key that is no longer there, at the highest generation it ever had.
pub(super) fn bury(previous: &Lock, next: &mut Lock) -> Vec<Arc<str>> {
    let gone = previous.keys.iter().filter(|(id, _)| !next.keys.contains_key(*id));
    let gone: Vec<_> = gone.map(|(id, record)| (Arc::clone(id), record.highest)).collect();
    for (id, generation) in &gone {
        next.bury(id, Tombstone { generation: *generation, not_after: None });
    }
    gone.into_iter().map(|(id, _)| id).collect()
}

fn record(key: &WantedKey<'_>, recorded: Option<&KeyRecord>, at: Instant) -> KeyRecord {
    let mut trust = key.trust.to_vec();
    trust.sort_unstable();
    trust.dedup();
    let highest = trust.iter().copied().chain([key.used]).chain(recorded.map(|record| record.highest)).max();
    let same = recorded.filter(|record| record.kind == key.kind && record.algorithm == key.algorithm);
    let stays = |generation: u32| generation == key.used || trust.contains(&generation);
    let sha256 = same.map(|record| &record.sha256).into_iter().flatten();
    let sha256 = sha256.filter(|(generation, _)| stays(**generation)).map(|(g, digest)| (*g, *digest));
    let imported = key.imported.iter().filter(|(generation, _)| stays(**generation));
    let sha256 = sha256.chain(imported.map(|(generation, digest)| (*generation, *digest))).collect();
    // A date that was decided stays: another validity counts for the next generation.
    let decided = |generation: u32| same.and_then(|record| record.not_after.get(&generation)).copied();
    let not_after = key.validity.into_iter().flat_map(|validity| {
        trust.iter().map(move |&generation| (generation, decided(generation).unwrap_or(at.plus(validity))))
    });
    let not_after = not_after.collect();
    // Each generation of an authority has a certificate, which says it.
    let derives_from = match key.kind {
        "authority" => BTreeMap::new(),
        _ => secrets::of_key(key, &trust, recorded),
    };
    let unused = unused(key, &trust, recorded);
    KeyRecord {
        kind: key.kind.to_owned(),
        algorithm: key.algorithm,
        used: key.used,
        trust,
        plain_text: key.plain_text,
        resources: key.resources.iter().map(ToString::to_string).collect(),
        unused,
        providers: key.providers.iter().map(|(generation, word)| (*generation, word.to_string())).collect(),
        highest: highest.unwrap_or(key.used),
        not_after,
        derives_from,
        sha256,
    }
}

/// The generations that encrypted nothing until now: they came while plain text was written, and no step has used
/// them.
fn unused(key: &WantedKey<'_>, trust: &[u32], recorded: Option<&KeyRecord>) -> Vec<u32> {
    let writes_plain = key.plain_text == PlainText::Written;
    let is_unused = |generation: &u32| match recorded {
        Some(record) if record.trust.contains(generation) => record.unused.contains(generation),
        _ => writes_plain && !key.imported.contains_key(generation),
    };
    let in_use = |generation: u32| generation == key.used && !writes_plain;
    trust.iter().copied().filter(|generation| is_unused(generation) && !in_use(*generation)).collect()
}
