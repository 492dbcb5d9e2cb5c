//! Checks whether a lock can have been written by pkiplan.
//!
//! Every value that follows from other values of the lock is computed again. An entry that was edited by hand is
//! therefore an error, with or without the digests of a build.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::dates;
use super::decision::{Action, Decision};
use super::listed::LISTED;
use super::wanted::{RecordedList, Wanted, WantedKey};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::lock::{CertificateRecord, KeyRecord, Lock};
use crate::specification::{KeyIdentity, Specification, Word, fingerprint, serial};
use crate::values::{Duration, IdParts, Instant, counted, plural};

const RESTORE: &str = "only pkiplan writes the lock: restore it from git; to change its \
                       decisions, use `pkiplan lock PLAN` or `pkiplan renew PLAN`";

/// An entry that says something else than what follows from the rest.
struct Flaw<'a> {
    id: &'a str,
    /// What it says and what follows; empty where the message says everything.
    detail: String,
}

impl fmt::Display for Flaw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.id)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

/// Reports what a lock says against itself, for a run at the instant `at`.
pub fn audit(lock: &Lock, at: Instant, diagnostics: &mut Diagnostics) {
    let entries = || lock.certificates.iter().map(|(id, record)| (&**id, record));
    let flaws = |check: &dyn Fn(&str, &CertificateRecord) -> Option<String>| -> Vec<Flaw<'_>> {
        entries().filter_map(|(id, record)| Some(Flaw { id, detail: check(id, record)? })).collect()
    };
    let what = "the serial number does not follow from the rest of the entry";
    report(&flaws(&|id, record| other_serial(lock, id, record)), Code::LockSerial, what, diagnostics);
    let what = "the certificate expires later than its own validity allows";
    report(&flaws(&|_, record| too_late(record, &Terms::of(record))), Code::LockDates, what, diagnostics);
    let early = flaws(&|_, record| to_come(record, at));
    let verb = plural(early.len(), "becomes", "become");
    let what = format!("{} {verb} valid only in the future", counted(early.len(), "certificate"));
    report(&early, Code::LockFuture, &what, diagnostics);
    let what = "the entry has a certificate, but no identity of the secret that its key derives from";
    report(&flaws(&|_, record| nameless(lock, record)), Code::LockRewritten, what, diagnostics);
    let keys = lock.keys.iter();
    let keys: Vec<_> = keys.filter_map(|(id, key)| Some(Flaw { id, detail: forgetful(key)? })).collect();
    report(&keys, Code::LockRollback, "the highest generation is lower than one that is in use", diagnostics);
    let keys = lock.keys.iter().filter(|(id, key)| has_foreign_digest(lock, id, key));
    let keys: Vec<_> = keys.map(|(id, _)| Flaw { id, detail: String::new() }).collect();
    let what = "a key has its own digest, although its certificate has one";
    report(&keys, Code::LockRewritten, what, diagnostics);
}

/// Reports what a lock says against the plan, of what stays as the lock has it.
pub(super) fn compare(
    lock: &Lock,
    (wanted, recorded): (&List<Specification, Wanted<'_>>, &RecordedList<'_>),
    decisions: &List<Specification, Decision>,
    keys: &[WantedKey<'_>],
    at: Instant,
    diagnostics: &mut Diagnostics,
) {
    let issuers = Issuers::of(lock);
    let (mut edited, mut uncommon) = (Vec::new(), Vec::new());
    let all = wanted.iter().zip(recorded).zip(decisions);
    for ((wanted, record), decision) in all.filter(|(_, one)| one.action == Action::Keep) {
        let Some(record) = record else { continue };
        if wanted.stored.is_some() {
            edited.extend(other_certificate(record, decision).map(|detail| Flaw { id: wanted.id, detail }));
        } else {
            let early = dates::early(&lock.id, wanted.id, wanted.spread);
            uncommon.extend(other_end(record, early, &issuers).map(|detail| Flaw { id: wanted.id, detail }));
        }
    }
    let what = "the entry does not match the certificate next to the lock";
    report(&edited, Code::LockRewritten, what, diagnostics);
    let what = "the certificate expires at another time than plan and lock say";
    report(&uncommon, Code::LockUnexplained, what, diagnostics);
    let late = keys.iter().filter_map(|key| Some(Flaw { id: key.id, detail: long(key, lock, at)? }));
    let what = "a generation expires later than one created now";
    report(&late.collect::<Vec<_>>(), Code::LockUnexplained, what, diagnostics);
}

fn report(flaws: &[Flaw<'_>], code: Code, what: &str, diagnostics: &mut Diagnostics) {
    if flaws.is_empty() {
        return;
    }
    let first: Vec<String> = flaws.iter().take(LISTED).map(Flaw::to_string).collect();
    let more = match flaws.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let help = match code {
        Code::LockFuture => {
            "set the clock, or give the time with `--at`; if the time is right, someone edited the lock: restore it from git"
        }
        Code::LockUnexplained => {
            "this is fine if the plan's `validity` has changed since; `pkiplan renew PLAN ID` decides the dates again"
        }
        _ => RESTORE,
    };
    let message = format!("in the lock, {what}: {}{more}", first.join(", "));
    diagnostics.push(Diagnostic::new(code, message).help(help));
}

/// The serial of what is derived follows from everything but the end of its validity.
fn other_serial(lock: &Lock, id: &str, record: &CertificateRecord) -> Option<String> {
    match record.key {
        KeyIdentity::Derived { .. } => {
            let words = fingerprint(record.specification.iter());
            let follows = serial(&lock.id, id, &words, &record.key, record.not_before);
            (follows != record.serial).then(String::new)
        }
        KeyIdentity::Imported { .. } => None,
        KeyIdentity::External => Some("its key is `external`, which no build writes".to_owned()),
    }
}

fn too_late(record: &CertificateRecord, terms: &Terms<'_>) -> Option<String> {
    let validity = terms.validity.filter(|_| is_derived(record))?;
    let latest = dates::not_after(*dates::decided(record.not_before).end(), validity, 0);
    (record.not_after > latest).then(|| format!("{}, not {latest}", record.not_after))
}

fn to_come(record: &CertificateRecord, at: Instant) -> Option<String> {
    (is_derived(record) && record.not_before > at).then(|| record.not_before.to_string())
}

fn nameless(lock: &Lock, record: &CertificateRecord) -> Option<String> {
    let KeyIdentity::Derived { secret, .. } = record.key else { return None };
    (record.sha256.is_some() && lock.secret(secret).is_none()).then(|| format!("secret `{}`", secret.name))
}

fn forgetful(key: &KeyRecord) -> Option<String> {
    let known = key.trust.iter().copied().fold(key.used, u32::max);
    (key.highest < known).then(|| format!("{} instead of {known}", key.highest))
}

/// No build records a digest of a key that has a certificate.
fn has_foreign_digest(lock: &Lock, id: &str, key: &KeyRecord) -> bool {
    key.sha256.keys().any(|generation| lock.certificates.contains_key(&*format!("{id}/{generation}")))
}

/// What was made elsewhere is as its certificate says.
fn other_certificate(record: &CertificateRecord, decision: &Decision) -> Option<String> {
    let fields = [
        ("serial", record.serial.to_string(), decision.serial.to_string()),
        ("not-before", record.not_before.to_string(), decision.not_before.to_string()),
        ("not-after", record.not_after.to_string(), decision.not_after.to_string()),
    ];
    let differ = fields.into_iter().filter(|(_, recorded, is)| recorded != is);
    let mut differ: Vec<String> =
        differ.map(|(field, recorded, is)| format!("{field} {recorded}, not {is}")).collect();
    if record.sha256.is_some() && record.sha256 != decision.recorded_sha256 {
        differ.push("another sha256".to_owned());
    }
    (!differ.is_empty()).then(|| differ.join("; "))
}

/// An end that the plan's validity and the issuer's end do not give. What was cut short by an issuer that has been
/// renewed since, or was imported, may end earlier.
fn other_end(record: &CertificateRecord, early: u64, issuers: &Issuers<'_>) -> Option<String> {
    let terms = Terms::of(record);
    let validity = terms.validity.filter(|_| too_late(record, &terms).is_none())?;
    let decided = dates::decided(record.not_before);
    let issuer = terms.issuer.as_ref().map(|(id, key)| issuers.find(id, key));
    let (bound, certain) = match issuer {
        None => (None, true),
        Some(Some(issuer)) if is_derived(issuer) && issuer.not_before <= record.not_before => {
            (Some(issuer.not_after), true)
        }
        Some(_) => (None, false),
    };
    let end = |at: &Instant, early: u64| {
        let full = dates::not_after(*at, validity, early);
        bound.map_or(full, |bound| full.min(bound))
    };
    // What was decided before the plan asked for a spread ends without one.
    let fits = [early, 0].into_iter().any(|early| {
        let (earliest, latest) = (end(decided.start(), early), end(decided.end(), early));
        record.not_after <= latest && (!certain || record.not_after >= earliest)
    });
    (!fits).then(|| format!("{}, not {}", record.not_after, end(decided.start(), early)))
}

/// A generation whose end is later than that of one which is decided now.
fn long(key: &WantedKey<'_>, lock: &Lock, at: Instant) -> Option<String> {
    let latest = at.plus(key.validity?);
    let ends = lock.keys.get(key.id)?.not_after.iter();
    let late = ends.filter(|(_, end)| **end > latest);
    let late: Vec<String> =
        late.map(|(generation, end)| format!("generation {generation} at {end}")).collect();
    (!late.is_empty()).then(|| late.join(", "))
}

fn is_derived(record: &CertificateRecord) -> bool {
    matches!(record.key, KeyIdentity::Derived { .. })
}

/// What of a specification decides when its certificate ends.
#[derive(Default)]
struct Terms<'r> {
    validity: Option<Duration>,
    /// Id and key; none: signed with its own key.
    issuer: Option<(Cow<'r, str>, Cow<'r, str>)>,
}

impl<'r> Terms<'r> {
    fn of(record: &'r CertificateRecord) -> Self {
        let mut terms = Terms::default();
        let mut issuer = None;
        for word in record.specification.iter() {
            match Word::split(&word).0 {
                Word::Validity => terms.validity = Word::split(&word).1.parse().ok(),
                Word::Issuer => issuer = Some(value(word)),
                Word::IssuerKey => terms.issuer = issuer.take().map(|id| (id, value(word))),
                _ => {}
            }
        }
        terms
    }
}

/// What a word says of its subject.
fn value(word: Cow<'_, str>) -> Cow<'_, str> {
    match word {
        Cow::Borrowed(word) => Word::split(word).1.into(),
        Cow::Owned(word) => Word::split(&word).1.to_owned().into(),
    }
}

/// The authorities of a lock, each generation by its key.
struct Issuers<'a>(BTreeMap<&'a str, Vec<(String, &'a CertificateRecord)>>);

impl<'a> Issuers<'a> {
    fn of(lock: &'a Lock) -> Self {
        let mut issuers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, record) in &lock.certificates {
            if let Some((id, _)) = IdParts::with_generation(id) {
                issuers.entry(id).or_default().push((record.key.to_string(), record));
            }
        }
        Self(issuers)
    }

    fn find(&self, id: &str, key: &str) -> Option<&'a CertificateRecord> {
        self.0.get(id)?.iter().find(|(its, _)| its == key).map(|(_, record)| *record)
    }
}
