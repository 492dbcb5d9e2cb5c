//! Decides which certificates are kept, issued, reissued, renewed and removed, with serial numbers and dates.
//!
//! [`decide`] compares what the plan wants with what the lock recorded, and also decides the generations of keys. It
//! needs no private key. New decisions depend only on the plan, the lock and the given instant, so the same inputs give
//! the same decisions on every machine.

mod audit;
mod certificates;
mod dates;
mod decision;
mod draft;
mod encryption;
mod founders;
mod generation;
mod imported;
mod keys;
mod listed;
mod place;
mod reached;
mod renewals;
mod request;
mod review;
mod rollout;
mod rotation;
mod secrets;
mod succession;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use audit::audit;
pub use decision::{Action, Decision};
pub use draft::Draft;
pub use founders::{Member, review_founders};
pub use generation::Generation;
pub use imported::{renew_import, replace_import};
pub use listed::listed;
pub use reached::{Host, Reached};
pub use renewals::Renew;
use renewals::Renewals;
pub use request::Request;
pub use review::{Owner, review_catalog, review_names};
pub use secrets::check_epochs;
pub use succession::review_succession;
pub use wanted::{Wanted, WantedKey};

use crate::diagnostics::Diagnostics;
use crate::index::List;
use crate::lock::Lock;
use crate::specification::Specification;

/// Decides. `lock_id` becomes the id of a lock that is made anew; a previous lock keeps its own. What
/// the lock says of secrets is carried over and not judged.
///
/// Generations that go back, or come or go too early, are errors; certificates that were shortened are warnings.
pub fn decide(
    wanted: &List<Specification, Wanted<'_>>,
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
    let renewals = Renewals::new(request.renew.as_ref(), (wanted, keys), (previous, request.at), diagnostics);
    let ask = (request.at, &renewals);
    let recorded = wanted.map(|one| previous.certificates.get(one.id));
    let certificates = certificates::decide((wanted, &recorded), previous, &mut next, ask, diagnostics);
    audit::compare(previous, (wanted, &recorded), &certificates, keys, request.at, diagnostics);
    keys::decide(keys, previous, &mut next, ask, diagnostics);
    secrets::carry(previous, &mut next);
    secrets::check_named(keys, &next, diagnostics);
    rotation::check(wanted, keys, (previous, &next), request, diagnostics);
    encryption::check(keys, (previous, &next), request, diagnostics);
    rollout::check(keys, previous, request, diagnostics);
    let mut removed = certificates::bury(previous, &mut next);
    removed.extend(keys::bury(previous, &mut next));
    Draft { certificates, lock: next, removed }
}
