//! What is kept, issued, reissued, renewed and removed; serials, dates and generations. Needs no key.
//!
//! [`decide`] compares what is wanted with what the lock recorded. Whatever it decides anew depends on
//! the plan, the lock and the given instant alone, so the same inputs decide the same everywhere.

mod audit;
mod certificates;
mod dates;
mod imported;
mod keys;
mod renewals;
mod review;
mod rotation;
mod secrets;
mod succession;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use audit::audit;
pub use renewals::Renew;
use renewals::Renewals;
pub use review::{Owner, review_catalog, review_names};
pub use rotation::Generation;
pub use secrets::check_epochs;
pub use succession::review_succession;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::Lock;
use crate::source::Span;
use crate::specification::{Difference, KeyIdentity, Specification};
use crate::stored::Stored;
use crate::values::{Duration, Instant, KeyAlgorithm, SecretEpoch, Serial};

/// How many ids a message lists.
const LISTED: usize = 5;

/// A certificate to be. Ids are unique within a list.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its id.
    pub id: &'a Arc<str>,
    /// What it is made from.
    pub specification: &'a Specification,
    /// Where its issuer stands in the list, which must be before it; none: signed with its own key.
    pub issuer: Option<usize>,
    /// Its certificate, where it was made elsewhere: it is kept as it is.
    pub stored: Option<&'a Stored>,
    /// The plan whose authority it is, where that is another one.
    pub plan: Option<&'a str>,
    /// The generation that the plan decides (authorities); none: the lock decides (end entities).
    pub generation: Option<u32>,
    /// Over how much time the ends of those like it are spread: each ends earlier by a part of that.
    pub spread: Option<Duration>,
    /// What its key derives from, if the lock knows nothing else.
    pub secret: SecretEpoch,
    /// Where the plan asks for it.
    pub origin: Option<Span>,
}

/// A key pair, encryption key or password that belongs to no certificate.
#[derive(Debug, Clone, Copy)]
pub struct WantedKey<'a> {
    /// Its id.
    pub id: &'a str,
    /// `key-pair`, `encryption-key`, `password`.
    pub kind: &'a str,
    /// Of a key pair.
    pub algorithm: Option<KeyAlgorithm>,
    /// How long a generation is valid from the build on that first knows it; none: for ever.
    pub validity: Option<Duration>,
    /// The generation that signs or encrypts.
    pub used: u32,
    /// The generations that are accepted.
    pub trust: &'a [u32],
    /// The digests of the generations that were made elsewhere.
    pub imported: &'a BTreeMap<u32, [u8; 32]>,
    /// What new generations derive from.
    pub secret: SecretEpoch,
    /// Where the plan asks for it.
    pub origin: Option<Span>,
}

/// What is asked of one run beside the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When new certificates are decided.
    pub at: Instant,
    /// Generations that are given up at once, although something hangs on them.
    pub drop_trust: BTreeSet<Generation>,
    /// What gets new dates although nothing of it differs.
    pub renew: Option<Renew>,
}

impl Request {
    /// What a build at this instant does by itself.
    #[must_use]
    pub fn new(at: Instant) -> Self {
        Self { at, drop_trust: BTreeSet::new(), renew: None }
    }
}

/// All decisions of one build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// In the order of what was wanted.
    pub certificates: Vec<Decision>,
    /// The next lock. Fingerprints of what is kept are in it, those of what is new are not yet.
    pub lock: Lock,
    /// Certificates and then keys that are no longer wanted, each sorted by id.
    pub removed: Vec<Arc<str>>,
}

/// What becomes of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Kept or made.
    pub action: Action,
    /// Its serial number.
    pub serial: Serial,
    /// First second of validity.
    pub not_before: Instant,
    /// Last second of validity.
    pub not_after: Instant,
    /// The generation of its key.
    pub generation: u32,
    /// Its key.
    pub key: KeyIdentity,
    /// Of its specification.
    pub fingerprint: [u8; 32],
    /// What the DER's SHA-256 must be, if it is kept and a build with keys has made it before.
    pub recorded_sha256: Option<[u8; 32]>,
}

/// Kept or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It was made elsewhere, and the lock does not know it yet.
    Import,
    /// It is new.
    Issue,
    /// The lock's decisions stand.
    Keep,
    /// It is not what was recorded.
    Reissue {
        /// Field by field; never empty.
        differences: Vec<Difference>,
    },
    /// It is what was recorded, and gets new dates because that was asked for.
    Renew {
        /// Whether its key is a new one, too.
        rekey: bool,
    },
}

/// Decides. `lock_id` becomes the id of a lock that is made anew; a previous lock keeps its own. What
/// the lock says of secrets is carried over and not judged.
///
/// Generations that go back, or come or go too early, are errors; certificates that were shortened or have expired are warnings.
pub fn decide(
    wanted: &[Wanted<'_>],
    keys: &[WantedKey<'_>],
    catalog: &BTreeMap<String, [u8; 32]>,
    previous: Option<&Lock>,
    lock_id: &str,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> Draft {
    let fresh = Lock::new(lock_id);
    let previous = previous.unwrap_or(&fresh);
    audit(previous, request.at, diagnostics);
    let mut next = Lock::new(previous.id.clone());
    next.tombstones.clone_from(&previous.tombstones);
    next.catalog = catalog.iter().map(|(name, digest)| (Arc::from(name.as_str()), *digest)).collect();
    let renewals = Renewals::new(request.renew.as_ref(), wanted, (previous, request.at), diagnostics);
    let ask = (request.at, &renewals);
    let certificates = certificates::decide(wanted, previous, &mut next, ask, diagnostics);
    audit::compare(previous, (wanted, &certificates), keys, request.at, diagnostics);
    keys::decide(keys, previous, &mut next, request.at, diagnostics);
    secrets::carry(previous, &mut next);
    secrets::check_named(keys, &next, diagnostics);
    rotation::check(wanted, keys, (previous, &next), request, diagnostics);
    let mut removed = certificates::bury(previous, &mut next);
    removed.extend(keys::bury(previous, &mut next));
    Draft { certificates, lock: next, removed }
}

impl Draft {
    /// Whether the previous lock already says all of this, which is what `--locked` asks. Fingerprints
    /// that were not recorded yet are no decision.
    #[must_use]
    pub fn is_settled(&self, previous: Option<&Lock>) -> bool {
        previous.is_some_and(|previous| previous.decides_like(&self.lock))
    }
}

/// The first few of some ids, and how many more there are.
fn listed(ids: &[&str]) -> String {
    let first: Vec<String> = ids.iter().take(LISTED).map(|id| format!("`{id}`")).collect();
    match ids.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Reports a generation that the lock has left behind. One that is buried must not come back at all.
fn check_generation(
    (id, origin): (&str, Option<Span>),
    asked: u32,
    used: Option<u32>,
    buried: Option<u32>,
    diagnostics: &mut Diagnostics,
) {
    let lowest = used.unwrap_or(1).max(buried.map_or(1, |generation| generation.saturating_add(1)));
    if asked >= lowest {
        return;
    }
    let message = match used {
        Some(used) if used >= lowest => {
            format!("`{id}` asks for generation {asked}, but the lock knows generation {used}")
        }
        _ => format!("`{id}` asks for generation {asked}, but it was removed with generation {}", lowest - 1),
    };
    let help = format!("an old key never comes back into use: write `generations.use = {lowest}` or higher");
    let diagnostic = Diagnostic::new(Code::LockGeneration, message).help(help);
    diagnostics.push(match origin {
        Some(span) => diagnostic.at(span, "asked for here"),
        None => diagnostic,
    });
}
