//! Compares the certificates in a tree with those that a build would issue.

use std::collections::{BTreeMap, BTreeSet};

use super::super::comparison::{CertificateChange, Made};
use super::super::dates::{Dates, Period};
use super::super::field::FieldChange;
use super::super::state::State;
use super::proof::{KeyFound, Proof};
use crate::inspect;
use crate::render::Sheet;
use crate::specification::{CertificateIndex, Difference, Field, KeyIdentity, Word, differences};
use crate::values::{Instant, SecretEpoch, hex};

/// By how many seconds at most certificates of one validity differ.
const MINUTES: i64 = 600;
/// How a PEM block in base64 begins.
const EMBEDDED: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS";

/// Sorted by id, each once.
pub(super) fn once(mut changes: Vec<CertificateChange>) -> Vec<CertificateChange> {
    changes.sort_by(|a, b| a.id.cmp(&b.id));
    changes.dedup_by(|a, b| a.id == b.id);
    changes
}

/// What a certificate that was found says otherwise than the one that a plan would make; none: it is that one.
pub(in crate::compare) fn against(
    after: &State<'_>,
    position: CertificateIndex,
    found: &inspect::CertificateDescription,
) -> Option<CertificateChange> {
    let alone = InUnit::new(after, &[]);
    (!alone.is(position, found)).then(|| alone.change(position, Some(found)))
}

/// The certificates in one unit of a tree.
pub(super) struct InUnit<'a> {
    after: &'a State<'a>,
    /// Those that should lie there.
    wanted: BTreeSet<CertificateIndex>,
    /// What lies there in their place.
    found: BTreeMap<CertificateIndex, inspect::CertificateDescription>,
    /// The keys of those that lie there, by their digests.
    keys: BTreeMap<CertificateIndex, [u8; 32]>,
}

impl<'a> InUnit<'a> {
    pub(super) fn new(after: &'a State<'a>, sheets: &[Sheet]) -> Self {
        let holes = sheets.iter().flat_map(|sheet| sheet.content.holes());
        let positions = holes.filter_map(|hole| hole.filling.shown());
        Self {
            after,
            wanted: positions.flatten().copied().collect(),
            found: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    /// Whether a text holds exactly these certificates; notes what it holds in their place.
    pub(super) fn are(&mut self, positions: &[CertificateIndex], text: &str, base64: bool) -> Proof {
        let there = inspect::certificates(text);
        let written = inspect::written_certificates(text, base64);
        let same = written.is_some() && self.are_alike(positions, &there);
        let recorded = positions.iter().all(|&position| self.recorded(position).is_some());
        for (&position, written) in positions.iter().zip(written.into_iter().flatten()) {
            if self.recorded(position) == Some(written.sha256) {
                self.keys.insert(position, written.key_sha256);
            }
        }
        for (&position, found) in positions.iter().zip(there) {
            self.found.entry(position).or_insert(found);
        }
        match (same, recorded) {
            (false, _) => Proof::Other,
            (true, true) => Proof::Same,
            (true, false) => Proof::Unproven,
        }
    }

    /// Whether a text holds these certificates, however it is written.
    pub(super) fn are_in(&self, positions: &[CertificateIndex], text: &str) -> bool {
        self.are_alike(positions, &inspect::certificates(text))
    }

    fn are_alike(&self, positions: &[CertificateIndex], there: &[inspect::CertificateDescription]) -> bool {
        there.len() == positions.len()
            && there.iter().zip(positions).all(|(found, &position)| self.is(position, found))
    }

    /// Looks for certificates in a text that is another one than it should be: by serial number, else by subject.
    pub(super) fn look_for(&mut self, positions: &[CertificateIndex], text: &str) {
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        let embedded = words.filter(|word| word.starts_with(EMBEDDED)).flat_map(inspect::certificates);
        let there: Vec<inspect::CertificateDescription> =
            embedded.chain(inspect::certificates(text)).collect();
        for &position in positions {
            let subject = self.after.blueprint.certificates[position].specification.subject.to_string();
            let by_serial = there.iter().find(|found| self.is(position, found));
            if let Some(found) = by_serial.or_else(|| there.iter().find(|found| found.subject == subject)) {
                self.found.entry(position).or_insert_with(|| found.clone());
            }
        }
    }

    /// Whether a text holds these certificates, and some of them more than once.
    pub(super) fn are_repeated(&self, positions: &[CertificateIndex], text: &str) -> bool {
        inspect::certificates(text).len() > positions.len()
    }

    /// The authorities' certificates that a text has and should not have, by their subjects, and those that it lacks.
    pub(super) fn trust(
        &self,
        positions: &[CertificateIndex],
        text: &str,
    ) -> (Vec<String>, Vec<CertificateIndex>) {
        let there = inspect::certificates(text);
        let lacks = |position: &&CertificateIndex| !there.iter().any(|found| self.is(**position, found));
        let more = |found: &&inspect::CertificateDescription| {
            !positions.iter().any(|&position| self.is(position, found))
        };
        let dropped = there.iter().filter(more).map(|found| found.subject.clone()).collect();
        (dropped, positions.iter().filter(lacks).copied().collect())
    }

    fn is(&self, position: CertificateIndex, found: &inspect::CertificateDescription) -> bool {
        match self.recorded(position) {
            Some(recorded) => hex(&recorded) == found.sha256,
            None => self.has_serial(position, found),
        }
    }

    fn has_serial(&self, position: CertificateIndex, found: &inspect::CertificateDescription) -> bool {
        let decision = &self.after.draft.certificates[position];
        decision.serial.to_string() == found.serial.trim_start_matches("00")
    }

    /// What the lock, or the plan of what was imported, says of a certificate.
    fn recorded(&self, position: CertificateIndex) -> Option<[u8; 32]> {
        let stored = self.after.blueprint.certificates[position].stored.as_ref();
        self.after.draft.certificates[position].recorded_sha256.or(stored.map(|stored| stored.sha256()))
    }

    /// Whether a private key is the one that a build would write.
    pub(super) fn is_key(&self, position: CertificateIndex, key: KeyFound) -> Proof {
        let beside = self.found.get(&position).and_then(|found| found.key.public_sha256.as_deref());
        match (key, self.keys.get(&position)) {
            (KeyFound::Broken, _) => Proof::Other,
            (KeyFound::Written(digest), Some(wanted)) if digest == *wanted => Proof::Same,
            (KeyFound::Otherwise(digest), Some(wanted)) if digest == *wanted => Proof::Otherwise,
            (KeyFound::Written(_) | KeyFound::Otherwise(_), Some(_)) => Proof::Other,
            (KeyFound::Written(digest) | KeyFound::Otherwise(digest), None)
                if beside.is_some_and(|beside| beside != hex(&digest)) =>
            {
                Proof::Other
            }
            (KeyFound::Written(_) | KeyFound::Otherwise(_) | KeyFound::Unread, _) => Proof::Unproven,
        }
    }

    /// Whether a certificate's key is the one that lies there if that belongs to what lies there; none: only a secret
    /// would show it.
    pub(super) fn has_key(&self, position: CertificateIndex) -> Option<bool> {
        let found = self.found.get(&position);
        if found.is_some_and(|found| self.is(position, found)) {
            return Some(true);
        }
        match self.after.draft.certificates[position].key {
            // Generations never go back: who has the first one now had it always.
            KeyIdentity::Derived { algorithm, generation: 1, secret } if secret == SecretEpoch::default() => {
                Some(found.is_none_or(|found| found.key.algorithm == algorithm.word()))
            }
            _ => None,
        }
    }

    /// The ids of the certificates of a sheet in whose place others lie.
    pub(super) fn differing(&self, sheet: &Sheet) -> BTreeSet<String> {
        let others = |position: &&CertificateIndex| {
            self.found.get(position).is_some_and(|found| !self.is(**position, found))
        };
        let positions = sheet.content.holes().filter_map(|hole| hole.filling.shown());
        positions.flatten().filter(others).map(|&position| self.after.id(position).to_string()).collect()
    }

    /// What became of each certificate that should lie in the unit.
    pub(super) fn changes(self) -> Vec<CertificateChange> {
        let mut changes = Vec::new();
        for &position in &self.wanted {
            let found = self.found.get(&position);
            let authority = self.after.blueprint.unit_of(position).is_none();
            // Of an authority that is new, the trust says it.
            let reported = if found.is_none() {
                !authority
            } else {
                found.is_some_and(|found| !self.is(position, found))
            };
            if reported {
                changes.push(self.change(position, found));
            }
        }
        changes
    }

    fn change(
        &self,
        position: CertificateIndex,
        found: Option<&inspect::CertificateDescription>,
    ) -> CertificateChange {
        let mut differences = found.map(|found| self.differences(position, found)).unwrap_or_default();
        differences.extend(found.and_then(|found| self.validity(position, found)));
        let imported = self.after.blueprint.imported(position).is_some();
        let change = match found {
            None if imported => Made::Imported,
            None => Made::Issued,
            Some(_) if imported => Made::Replaced,
            Some(_) if !differences.is_empty() => Made::Reissued,
            Some(found) if self.has_serial(position, found) => Made::Rekeyed,
            Some(_) => Made::Renewed,
        };
        let reported = |difference: Difference| FieldChange {
            because_of: self.after.blueprint.cause(position, &difference),
            difference,
        };
        CertificateChange {
            change,
            id: self.after.id(position).to_string(),
            unit: self.after.blueprint.unit_of(position),
            differences: differences.into_iter().map(reported).collect(),
            dates: Dates {
                before: found.and_then(Period::found),
                after: Some(Period::from(&self.after.draft.certificates[position])),
            },
            because_of: Vec::new(),
        }
    }

    fn differences(
        &self,
        position: CertificateIndex,
        found: &inspect::CertificateDescription,
    ) -> Vec<Difference> {
        let subject = self.after.blueprint.certificates[position].specification.subject.to_string();
        let renamed = (found.subject != subject)
            .then(|| Difference::changed(Field::Line(Word::Subject), &found.subject, &subject));
        renamed.into_iter().chain(differences(&words(found), &self.words(position))).collect()
    }

    /// How long a certificate is valid against how long it was.
    fn validity(
        &self,
        position: CertificateIndex,
        found: &inspect::CertificateDescription,
    ) -> Option<Difference> {
        let decision = &self.after.draft.certificates[position];
        let instant = |text: &str| text.parse::<Instant>().ok();
        let was = seconds(instant(&found.not_before)?, instant(&found.not_after)?);
        let is = seconds(decision.not_before, decision.not_after);
        let field = Field::Line(Word::Validity);
        (was != is).then(|| Difference::changed(field, format_args!("{was}s"), format_args!("{is}s")))
    }

    /// What of a specification can be read from a certificate.
    fn words(&self, position: CertificateIndex) -> Vec<String> {
        let blueprint = self.after.blueprint;
        let made = &blueprint.certificates[position];
        let issuer = made.issuer.map_or(&made.specification.subject, |issuer| {
            &blueprint.certificates[issuer].specification.subject
        });
        let names = made.specification.names.iter();
        let mut words: Vec<String> = names.map(|name| Word::Name.line(name)).collect();
        words.extend(made.specification.usages.iter().map(|usage| Word::Usage.line(usage)));
        words.push(Word::Issuer.line(issuer));
        words.push(Word::Key.line(made.specification.key.word()));
        words
    }
}

/// From its making on: a certificate is backdated a little, and by a second more where another one like it was made at
/// the same instant.
fn seconds(not_before: Instant, not_after: Instant) -> i64 {
    let whole = not_after.unix() - not_before.unix();
    whole - whole % MINUTES
}

fn words(found: &inspect::CertificateDescription) -> Vec<String> {
    let mut words: Vec<String> = found.names.iter().map(|name| Word::Name.line(name)).collect();
    words.extend(found.usages.iter().map(|usage| Word::Usage.line(usage)));
    words.push(Word::Issuer.line(&found.issuer));
    words.push(Word::Key.line(&found.key.algorithm));
    words
}
