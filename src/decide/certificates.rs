//! Decides for each certificate whether it is kept, issued, reissued or renewed, and with which dates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::decision::{Action, Decision};
use super::generation::check_generation;
use super::listed::listed;
use super::renewals::Renewals;
use super::wanted::{RecordedList, Wanted};
use super::{dates, imported, secrets};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::lock::{CertificateRecord, Lock, Tombstone, Words};
use crate::specification::{
    CertificateIndex, Difference, Field, Issuer, KeyIdentity, Specification, differences, fingerprint, serial,
};
use crate::stored::id_there;
use crate::values::{Instant, Serial};

/// Decides all, in order, and fills the next lock's certificates.
pub(super) fn decide(
    (wanted, recorded): (&List<Specification, Wanted<'_>>, &RecordedList<'_>),
    previous: &Lock,
    next: &mut Lock,
    (at, renewals): (Instant, &Renewals),
    diagnostics: &mut Diagnostics,
) -> List<Specification, Decision> {
    let mut decider = Decider {
        previous,
        at,
        renewals,
        decisions: List::with_capacity(wanted.len()),
        shortened: BTreeMap::new(),
        in_vain: Vec::new(),
        scratch: String::new(),
    };
    let mut records = Vec::with_capacity(wanted.len());
    for (position, one) in wanted.enumerate() {
        let recorded = recorded[position];
        let (decision, specification) = decider.decide(position, (one, recorded), diagnostics);
        // Its own key must not come back when it is issued here again.
        let own = recorded.filter(|_| one.target.is_some());
        if let Some((own, generation)) = own.and_then(|own| Some((own, generation_of(&own.key)?))) {
            next.bury(one.id, Tombstone { generation, not_after: Some(own.not_after) });
        }
        records.push((Arc::clone(one.id), record(&decision, specification)));
        decider.decisions.push(decision);
    }
    next.certificates = records.into_iter().collect();
    decider.report_shortened(wanted, diagnostics);
    decider.report_in_vain(wanted, diagnostics);
    decider.decisions
}

/// Leaves a tombstone for each certificate that is no longer there.
pub(super) fn bury(previous: &Lock, next: &mut Lock) -> Vec<Arc<str>> {
    let gone = previous.certificates.iter().filter(|(id, _)| !next.certificates.contains_key(*id));
    let gone: Vec<_> = gone.map(|(id, record)| (Arc::clone(id), record)).collect();
    // Another plan's authority has no key here that could come back.
    for (id, record) in gone.iter().filter(|(id, _)| id_there(id).is_none()) {
        let generation = generation_of(&record.key).unwrap_or(1);
        next.bury(id, Tombstone { generation, not_after: Some(record.not_after) });
    }
    gone.into_iter().map(|(id, _)| id).collect()
}

fn record(decision: &Decision, specification: Words) -> CertificateRecord {
    CertificateRecord {
        serial: decision.serial,
        not_before: decision.not_before,
        not_after: decision.not_after,
        key: decision.key,
        sha256: decision.recorded_sha256,
        specification,
    }
}

fn generation_of(key: &KeyIdentity) -> Option<u32> {
    key.generation()
}

struct Decider<'a> {
    previous: &'a Lock,
    at: Instant,
    renewals: &'a Renewals,
    decisions: List<Specification, Decision>,
    /// How many certificates each issuer could not give their full time.
    shortened: BTreeMap<CertificateIndex, usize>,
    /// Issuers, with what was to be renewed and would have got no later end.
    in_vain: Vec<(CertificateIndex, CertificateIndex)>,
    scratch: String,
}

impl Decider<'_> {
    fn decide(
        &mut self,
        position: CertificateIndex,
        (wanted, recorded): (&Wanted<'_>, Option<&CertificateRecord>),
        diagnostics: &mut Diagnostics,
    ) -> (Decision, Words) {
        if let Some(stored) = wanted.stored {
            return imported::decide(wanted, stored, recorded, diagnostics);
        }
        imported::check_derived(wanted, recorded, diagnostics);
        let generation = self.generation((position, wanted), recorded, diagnostics);
        let key = KeyIdentity::Derived {
            algorithm: wanted.specification.key,
            generation,
            secret: secrets::of_certificate(wanted, recorded),
        };
        let words = self.words(wanted);
        let fingerprint = fingerprint(&words);
        let Some(recorded) = recorded else {
            let decision = self.make(wanted, Action::Issue, key, fingerprint, None);
            return (decision, Words::new(&words));
        };
        let renamed = self.renamed_issuer(wanted);
        if renamed.is_none() && recorded.specification.are(&words, &mut self.scratch) {
            let rekey = recorded.key != key && self.renewals.rekeys(position, wanted);
            if self.renewals.holds(position) && (rekey || recorded.key == key) {
                let action = Action::Renew { rekey };
                let decision = self.make(wanted, action, key, fingerprint, Some(recorded.serial));
                if rekey || decision.not_after > recorded.not_after || !self.is_cut(wanted, recorded) {
                    return (decision, recorded.specification.clone());
                }
                // Its issuer gives no more time than it has, and that is reported by itself.
                self.forget_shortened(wanted);
                self.in_vain.extend(wanted.issuer.map(|issuer| (issuer, position)));
            }
            if recorded.key == key {
                return (keep(recorded, key, generation, fingerprint), recorded.specification.clone());
            }
        }
        let mut differences = differences(&recorded.specification.to_vec(), &words);
        differences.extend(key_differences(&recorded.key, &key));
        differences.extend(renamed);
        let action = Action::Reissue { differences };
        let decision = self.make(wanted, action, key, fingerprint, Some(recorded.serial));
        (decision, Words::new(&words))
    }

    /// The words of what is wanted, with the key that its issuer was decided to have.
    fn words(&self, wanted: &Wanted<'_>) -> Vec<String> {
        let decided = wanted.issuer.and_then(|index| self.decisions.get(index)).map(|issuer| issuer.key);
        match (&wanted.specification.issuer, decided) {
            (Issuer::Authority { id, key }, Some(decided)) if *key != decided => {
                let issuer = Issuer::Authority { id: id.clone(), key: decided };
                Specification { issuer, ..wanted.specification.clone() }.words()
            }
            _ => wanted.specification.words(),
        }
    }

    /// The plan's generation, or the lock's: the next one if the key would be another one, and never
    /// one that is buried.
    fn generation(
        &self,
        (position, wanted): (CertificateIndex, &Wanted<'_>),
        recorded: Option<&CertificateRecord>,
        diagnostics: &mut Diagnostics,
    ) -> u32 {
        let used = recorded.and_then(|record| generation_of(&record.key));
        let buried = self.previous.tombstones.get(wanted.id).map(|tombstone| tombstone.generation);
        if let Some(asked) = wanted.generation {
            check_generation((wanted.id, wanted.origin), asked, used, buried, diagnostics);
            return asked;
        }
        let last = used.max(buried).unwrap_or(0);
        match recorded.map(|record| record.key) {
            Some(KeyIdentity::Derived { algorithm, generation, secret })
                if algorithm == wanted.specification.key
                    && secret == wanted.secret
                    && buried < Some(generation)
                    && !self.renewals.rekeys(position, wanted) =>
            {
                generation
            }
            _ => last.saturating_add(1),
        }
    }

    /// How the issuer's name, or the identifier of its key, changed in this build. It stands in what the issuer signs and not in the
    /// words of it, so that a new name reaches what is below even under the same key.
    fn renamed_issuer(&self, wanted: &Wanted<'_>) -> Option<Difference> {
        match &self.decisions.get(wanted.issuer?)?.action {
            Action::Reissue { differences } => differences.iter().find_map(Difference::for_issued),
            _ => None,
        }
    }

    fn make(
        &mut self,
        wanted: &Wanted<'_>,
        action: Action,
        key: KeyIdentity,
        fingerprint: [u8; 32],
        replaced: Option<Serial>,
    ) -> Decision {
        let not_after = self.not_after(wanted);
        // An issuer that has expired leaves a certificate that is never valid, but well-formed.
        let mut not_before = dates::not_before(self.at).min(not_after);
        let number = |not_before| serial(&self.previous.id, wanted.id, &fingerprint, &key, not_before);
        let mut serial = number(not_before);
        if Some(serial) == replaced {
            // The words are the same and the instant, too: it is renewed, or its issuer's name is another one.
            not_before = not_before.minus_seconds(1);
            serial = number(not_before);
        }
        let generation = generation_of(&key).unwrap_or(1);
        Decision {
            action,
            serial,
            not_before,
            not_after,
            generation,
            key,
            fingerprint,
            recorded_sha256: None,
        }
    }

    fn not_after(&mut self, wanted: &Wanted<'_>) -> Instant {
        let early = dates::early(&self.previous.id, wanted.id, wanted.spread);
        let full = dates::not_after(self.at, wanted.specification.validity, early);
        let Some((index, issuer)) = wanted.issuer.and_then(|index| Some((index, self.decisions.get(index)?)))
        else {
            return full;
        };
        if full > issuer.not_after {
            *self.shortened.entry(index).or_insert(0) += 1;
        }
        full.min(issuer.not_after)
    }

    /// Takes back that one was cut short which stays as it was.
    fn forget_shortened(&mut self, wanted: &Wanted<'_>) {
        let Some(issuer) = wanted.issuer else { return };
        if let Some(count) = self.shortened.get_mut(&issuer) {
            *count = count.saturating_sub(1);
        }
        self.shortened.retain(|_, count| *count > 0);
    }

    /// Whether a certificate ends because its issuer does.
    fn is_cut(&self, wanted: &Wanted<'_>, recorded: &CertificateRecord) -> bool {
        let issuer = wanted.issuer.and_then(|issuer| self.decisions.get(issuer));
        issuer.is_some_and(|issuer| recorded.not_after >= issuer.not_after)
    }

    /// What was to be renewed and stays as it is: its issuer's end is its own.
    fn report_in_vain(&self, wanted: &List<Specification, Wanted<'_>>, diagnostics: &mut Diagnostics) {
        let mut by_issuer: BTreeMap<CertificateIndex, Vec<&str>> = BTreeMap::new();
        for (issuer, position) in &self.in_vain {
            by_issuer.entry(*issuer).or_default().push(wanted[*position].id);
        }
        for (issuer, ids) in by_issuer {
            let (id, until) = (wanted[issuer].id, self.decisions[issuer].not_after);
            let message = format!(
                "`{id}` expires at {until}, and certificates that it issued cannot expire later: not renewed: {}",
                listed(&ids)
            );
            let help = match wanted[issuer].stored {
                Some(_) => imported::renew(&wanted[issuer]),
                None => format!("renew the issuer first (it keeps its key): `pkiplan renew PLAN {id}`"),
            };
            let diagnostic = Diagnostic::new(Code::RenewedInVain, message).help(help);
            diagnostics.push(match wanted[issuer].origin {
                Some(span) => diagnostic.at(span, "the issuer"),
                None => diagnostic,
            });
        }
    }

    fn report_shortened(&self, wanted: &List<Specification, Wanted<'_>>, diagnostics: &mut Diagnostics) {
        for (&issuer, &count) in &self.shortened {
            let (id, until) = (wanted[issuer].id, self.decisions[issuer].not_after);
            let message = match count {
                1 => format!(
                    "the validity of a certificate is shortened: its issuer `{id}` expires at {until}"
                ),
                _ => format!(
                    "the validity of {count} certificates is shortened: their issuer `{id}` expires at {until}"
                ),
            };
            let help = if wanted[issuer].stored.is_some() {
                imported::renew(&wanted[issuer])
            } else {
                format!(
                    "renew the issuer (it keeps its key), then these certificates: `pkiplan \
                     renew PLAN {id}`; or set a shorter `validity.issued`"
                )
            };
            let diagnostic = Diagnostic::new(Code::ValidityShortened, message).help(help);
            diagnostics.push(match wanted[issuer].origin {
                Some(span) => diagnostic.at(span, "the issuer"),
                None => diagnostic,
            });
        }
    }
}

fn keep(recorded: &CertificateRecord, key: KeyIdentity, generation: u32, fingerprint: [u8; 32]) -> Decision {
    Decision {
        action: Action::Keep,
        serial: recorded.serial,
        not_before: recorded.not_before,
        not_after: recorded.not_after,
        generation,
        key,
        fingerprint,
        recorded_sha256: recorded.sha256,
    }
}

/// What the words do not say: they hold the algorithm, but neither generation nor provenance.
fn key_differences(old: &KeyIdentity, new: &KeyIdentity) -> Vec<Difference> {
    let (
        KeyIdentity::Derived { generation, secret, .. },
        KeyIdentity::Derived { generation: new_generation, secret: new_secret, .. },
    ) = (old, new)
    else {
        return if old == new { Vec::new() } else { vec![Difference::of_keys(old, new)] };
    };
    let mut differences = Vec::new();
    if secret.name != new_secret.name {
        differences.push(Difference::changed(Field::Secret, secret.name, new_secret.name));
    } else if secret.epoch != new_secret.epoch {
        differences.push(Difference::changed(Field::Epoch, secret.epoch, new_secret.epoch));
    }
    if generation != new_generation {
        differences.push(Difference::changed(Field::Generation, generation, new_generation));
    }
    differences
}
