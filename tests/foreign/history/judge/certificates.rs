//! Certificates, what they say, where they lie, who is trusted, and the keys that are no certificate's.

use std::collections::{BTreeMap, BTreeSet};

use pkiplan::values::Instant;

use super::{Pairs, changes, compare};
use crate::history::announced::{Announced, Period};
use crate::history::trees::{Held, Trees};
use crate::support::certificate::Certificate;

pub(super) fn judge(
    announced: &Announced,
    pairs: &Pairs<'_>,
    (before, after): (&Trees, &Trees),
    findings: &mut Vec<String>,
) {
    let mut said = BTreeMap::new();
    for one in &announced.certificates {
        let what = (one.change.clone(), one.unit.iter().cloned().collect());
        assert!(said.insert(one.id.clone(), what).is_none(), "{} is told twice", one.id);
    }
    compare("certificate", &said, &changed(before, after), findings);
    names(announced, before, after, findings);
    dates(announced, before, after, findings);
    let said = announced.trust.iter();
    let said = said.map(|one| (format!("{} {}", one.certificate, one.change), one.units.clone()));
    compare("trust", &said.collect(), &trust(pairs, before, after), findings);
    keys(announced, before, after, findings);
}

/// The certificates that are others than before, and where they lie, if they are no authority's.
fn changed(before: &Trees, after: &Trees) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let ids: BTreeSet<&String> = before.certificates.keys().chain(after.certificates.keys()).collect();
    let one = |id: &String| {
        let (change, held) = match (before.certificates.get(id), after.certificates.get(id)) {
            (None, Some(new)) if is_imported(new) => ("imported", new),
            (None, Some(new)) => ("issued", new),
            (Some(old), None) => ("removed", old),
            (Some(old), Some(new)) => (replaced(&old.certificate, &new.certificate)?, new),
            (None, None) => return None,
        };
        let units = if is_authority(held) { BTreeSet::new() } else { held.units.clone() };
        Some((id.clone(), (change.to_owned(), units)))
    };
    ids.into_iter().filter_map(one).collect()
}

/// How one certificate took the place of another.
fn replaced(old: &Certificate, new: &Certificate) -> Option<&'static str> {
    let said = |one: &Certificate| Certificate {
        serial: String::new(),
        public_key: Vec::new(),
        key_id: None,
        dates: (0, 0),
        ..one.clone()
    };
    match (old == new, said(old) == said(new), old.public_key == new.public_key) {
        (true, ..) => None,
        (_, false, _) => Some("reissued"),
        (_, true, false) => Some("rekeyed"),
        (_, true, true) => Some("renewed"),
    }
}

/// The names that a certificate gains and loses are told, and no others.
fn names(announced: &Announced, before: &Trees, after: &Trees, findings: &mut Vec<String>) {
    for one in announced.certificates.iter().filter(|one| one.change == "reissued") {
        let (Some(old), Some(new)) = (before.certificates.get(&one.id), after.certificates.get(&one.id))
        else {
            continue;
        };
        let (old, new) = (&old.certificate.names, &new.certificate.names);
        let gained = new.difference(old).map(|name| format!("+{name}"));
        let is: BTreeSet<String> = gained.chain(old.difference(new).map(|name| format!("-{name}"))).collect();
        let said = one.differences.iter().map(|one| one.difference.clone());
        let said: BTreeSet<String> = said.filter(|difference| is_name(difference)).collect();
        if said != is {
            findings.push(format!("certificate {}: announced {said:?}, and is {is:?}", one.id));
        }
    }
}

/// From when to when each was valid and is.
fn dates(announced: &Announced, before: &Trees, after: &Trees, findings: &mut Vec<String>) {
    let unix = |text: &String| text.parse::<Instant>().unwrap().unix();
    let said = |period: &Period| (unix(&period.not_before), unix(&period.not_after));
    for one in &announced.certificates {
        let dates = |trees: &Trees| trees.certificates.get(&one.id).map(|held| held.certificate.dates);
        let said = (one.dates.before.as_ref().map(said), one.dates.after.as_ref().map(said));
        if said != (dates(before), dates(after)) {
            findings.push(format!("dates of {}: announced {said:?}", one.id));
        }
    }
}

fn is_name(difference: &str) -> bool {
    difference.starts_with(['+', '-'])
        && ["DNS:", "IP:", "URI:", "email:"].iter().any(|kind| difference[1..].starts_with(kind))
}

/// Which units gain and lose an authority's certificate, of those that are there before and after.
fn trust(pairs: &Pairs<'_>, before: &Trees, after: &Trees) -> BTreeMap<String, BTreeSet<String>> {
    let mut trust: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, pair) in pairs {
        let (Some((was, _)), Some(_)) = (pair.was, pair.is) else { continue };
        let (old, new) = (authorities(before, was), authorities(after, name));
        for (change, id) in
            new.difference(&old).map(|id| ("added", id)).chain(old.difference(&new).map(|id| ("removed", id)))
        {
            trust.entry(format!("{id} {change}")).or_default().insert((*name).clone());
        }
    }
    trust
}

/// The authorities whose certificates lie in a unit.
fn authorities<'t>(trees: &'t Trees, unit: &String) -> BTreeSet<&'t String> {
    let held = trees.certificates.iter().filter(|(_, held)| is_authority(held) && held.units.contains(unit));
    held.map(|(id, _)| id).collect()
}

/// Whether it was made elsewhere: serials of ours have 16 bytes.
fn is_imported(held: &Held) -> bool {
    held.certificate.serial.split(':').count() < 15
}

fn is_authority(held: &Held) -> bool {
    held.certificate.authority.is_some()
}

/// Generations in use and trusted, of all that has any.
fn keys(announced: &Announced, before: &Trees, after: &Trees, findings: &mut Vec<String>) {
    let difference = |id: &String| -> Vec<String> {
        let (Some(old), Some(new)) = (before.keys.get(id), after.keys.get(id)) else { return Vec::new() };
        let words = KEY_WORDS.into_iter().filter(|word| said_of(old, word) != said_of(new, word));
        words.map(|word| format!("{word} {} -> {}", said_of(old, word), said_of(new, word))).collect()
    };
    let changed = changes(&before.keys, &after.keys, |one, other| {
        KEY_WORDS.iter().all(|word| said_of(one, word) == said_of(other, word))
    });
    let is = changed.into_iter().map(|(id, change)| {
        let differences = difference(&id);
        (id, (change, differences))
    });
    let said =
        announced.keys.iter().map(|one| (one.id.clone(), (one.change.clone(), one.differences.clone())));
    compare("key", &said.collect(), &is.collect(), findings);
}

/// What the lock says of a key that hosts have something of.
const KEY_WORDS: [&str; 5] = ["use", "trust", "provider", "unused", "plain-text"];

/// One of these, or what is meant where the lock does not say it.
fn said_of(key: &BTreeMap<String, String>, word: &str) -> String {
    let said = key.get(word).map(|said| said.replace(['{', '}', '"'], "").replace(" = ", ": "));
    let unsaid = match word {
        "provider" => "the usual one",
        "unused" => "[]",
        _ => "read",
    };
    said.map_or_else(|| unsaid.to_owned(), |said| said.trim().to_owned())
}
