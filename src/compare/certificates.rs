//! Pairs the certificates of both states by id, and finds which ones changed and why.

use std::collections::BTreeMap;

use super::comparison::{CertificateChange, Made};
use super::dates::{Dates, Period};
use super::field::FieldChange;
use super::state::State;
use crate::expand::Cause;
use crate::index::List;
use crate::lock::CertificateRecord;
use crate::specification::{
    CertificateIndex, Difference, Field, KeyIdentity, Specification, Word, differences,
};

/// How the certificates of one side stand to those of the other.
pub(super) struct Pairing {
    /// For each certificate of the new side: the one of the old side with its id.
    pub(super) counterpart: List<Specification, Option<CertificateIndex>>,
    /// For each certificate of the new side: whether its counterpart has the same bytes.
    pub(super) same: List<Specification, bool>,
    /// For each certificate of the new side: whether its counterpart has the same key.
    pub(super) same_key: List<Specification, bool>,
    /// For each certificate of the new side that is not what it was: where its change stands.
    pub(super) change: BTreeMap<CertificateIndex, usize>,
}

/// Pairs certificates by id and shows what became of each, sorted by id.
pub(super) fn compare(before: Option<&State<'_>>, after: &State<'_>) -> (Pairing, Vec<CertificateChange>) {
    let none = BTreeMap::new();
    let positions: BTreeMap<&str, CertificateIndex> = before.map_or_else(BTreeMap::new, |before| {
        let ids = before.blueprint.certificates.enumerate();
        ids.map(|(position, certificate)| (&*certificate.id, position)).collect()
    });
    let old = before.map_or(&none, |before| &before.draft.lock.certificates);
    let new = &after.draft.lock.certificates;
    let all = &after.blueprint.certificates;
    let mut pairing = Pairing {
        counterpart: all.map(|_| None),
        same: all.map(|_| false),
        same_key: all.map(|_| false),
        change: BTreeMap::new(),
    };
    let mut changes: Vec<(Option<CertificateIndex>, CertificateChange)> = Vec::new();
    let mut say = Differences { before, after, reported: BTreeMap::new() };
    for (position, certificate) in after.blueprint.certificates.enumerate() {
        let id = &certificate.id;
        let Some(record) = new.get(id) else { continue };
        let counterpart = positions.get(&**id).copied();
        let was = counterpart.and_then(|_| old.get(id));
        pairing.counterpart[position] = counterpart;
        pairing.same_key[position] = was.is_some_and(|was| was.key == record.key);
        pairing.same[position] = was.is_some_and(|was| same(was, record));
        if !pairing.same[position] {
            changes.push((Some(position), say.change(position, counterpart, was, record)));
        }
    }
    if let Some(before) = before {
        let gone = before.blueprint.certificates.enumerate();
        let gone = gone.filter(|(_, certificate)| !new.contains_key(&certificate.id));
        changes.extend(gone.map(|(position, certificate)| {
            let change = CertificateChange {
                change: Made::Removed,
                id: certificate.id.to_string(),
                unit: before.blueprint.unit_of(position),
                differences: Vec::new(),
                dates: Dates { before: old.get(&certificate.id).map(Period::from), after: None },
                because_of: before.tables_of(position),
            };
            (None, change)
        }));
    }
    changes.sort_by(|a, b| a.1.id.cmp(&b.1.id));
    let positions =
        changes.iter().enumerate().filter_map(|(at, (position, _))| Some((*position.as_ref()?, at)));
    pairing.change = positions.collect();
    (pairing, changes.into_iter().map(|(_, change)| change).collect())
}

/// Whether two records make the same bytes, given the same secret.
fn same(a: &CertificateRecord, b: &CertificateRecord) -> bool {
    a.serial == b.serial
        && a.not_before == b.not_before
        && a.not_after == b.not_after
        && a.key == b.key
        && a.specification == b.specification
        && a.sha256.zip(b.sha256).is_none_or(|(a, b)| a == b)
}

struct Differences<'a> {
    before: Option<&'a State<'a>>,
    after: &'a State<'a>,
    /// How the issuers' names changed, by their positions.
    reported: BTreeMap<CertificateIndex, Option<Difference>>,
}

impl Differences<'_> {
    fn change(
        &mut self,
        position: CertificateIndex,
        counterpart: Option<CertificateIndex>,
        was: Option<&CertificateRecord>,
        is: &CertificateRecord,
    ) -> CertificateChange {
        let certificate = &self.after.blueprint.certificates[position];
        let mut found: Vec<Difference> = was
            .map(|was| differences(&was.specification.to_vec(), &is.specification.to_vec()))
            .unwrap_or_default();
        let renamed = found.iter().find(|difference| difference.field == Field::Line(Word::Subject));
        let renamed = renamed.and_then(Difference::for_issued);
        self.reported.insert(position, renamed);
        if let Some(was) = was {
            let issuer = certificate.issuer.and_then(|issuer| self.reported.get(&issuer)).cloned().flatten();
            found.extend(issuer);
            found.extend(key_difference(&was.key, &is.key));
        }
        let change = match was {
            None if certificate.stored.is_some() => Made::Imported,
            None => Made::Issued,
            Some(_) if certificate.stored.is_some() && !certificate.holder.is_authority() => Made::Replaced,
            Some(was) if was.key != is.key && was.specification == is.specification => Made::Rekeyed,
            Some(_) if found.is_empty() => Made::Renewed,
            Some(_) => Made::Reissued,
        };
        let differences = found.into_iter().map(|difference| {
            let because_of = self.cause(position, counterpart, &difference);
            FieldChange { difference, because_of }
        });
        let differences: Vec<FieldChange> = differences.collect();
        let own = match change {
            Made::Issued | Made::Imported => self.after.tables_of(position),
            _ => Vec::new(),
        };
        CertificateChange {
            change,
            id: certificate.id.to_string(),
            unit: self.after.blueprint.unit_of(position),
            differences,
            dates: Dates { before: was.map(Period::from), after: Some(is.into()) },
            because_of: own,
        }
    }

    /// What stands behind a difference: of what is gone, what stood behind it then.
    fn cause(
        &self,
        position: CertificateIndex,
        counterpart: Option<CertificateIndex>,
        difference: &Difference,
    ) -> Option<Cause> {
        match (self.before, counterpart) {
            (Some(before), Some(counterpart)) if difference.is_gone() => {
                before.blueprint.cause(counterpart, &difference.clone().reversed())
            }
            _ => self.after.blueprint.cause(position, difference),
        }
    }
}

/// What the words of a specification do not say of a key.
fn key_difference(was: &KeyIdentity, is: &KeyIdentity) -> Option<Difference> {
    match (was.generation(), is.generation()) {
        _ if was == is => None,
        (Some(old), Some(new)) if old != new => Some(Difference::changed(Field::Generation, old, new)),
        _ => Some(Difference::of_keys(was, is)),
    }
}
