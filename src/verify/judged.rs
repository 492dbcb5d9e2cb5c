//! Verdicts of paths: each chain against each pool is judged once, whoever shows it to whom.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::judge::{Accepted, Dialled, Purpose, Question, Refusal, Roots, is_for, judge};
use crate::values::{Engine, Instant};
use crate::wiring::{Chain, Pool};

/// By the addresses of interned chains and pools, which live as long as the wiring.
type Key = (usize, usize, Purpose, Engine);

/// What was judged so far, at one instant.
pub(super) struct Judged {
    now: Instant,
    paths: Mutex<BTreeMap<Key, Result<Accepted, Refusal>>>,
}

impl Judged {
    pub(super) fn new(now: Instant) -> Self {
        Self { now, paths: Mutex::default() }
    }

    /// The instant for which is judged.
    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// What a judge says of a chain, but for the dialled name.
    pub(super) fn path(
        &self,
        chain: &Chain,
        pool: &Pool,
        purpose: Purpose,
        engine: Engine,
    ) -> Result<Accepted, Refusal> {
        let key = (
            Arc::as_ptr(chain).cast::<u8>() as usize,
            Arc::as_ptr(pool).cast::<u8>() as usize,
            purpose,
            engine,
        );
        if let Some(known) = self.lock().get(&key) {
            return known.clone();
        }
        let sent: Vec<&[u8]> = chain.iter().map(|der| &**der).collect();
        let roots = Roots::new(pool.iter().map(|der| &**der));
        let question = Question { purpose, dialled: None, now: self.now };
        let verdict = match engine {
            Engine::Go => judge(&sent, &roots, question),
            Engine::OpenSsl => crate::judge::openssl(&sent, &roots, question),
        };
        self.lock().insert(key, verdict.clone());
        verdict
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Result<Accepted, Refusal>>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a certificate is for a name; an empty name is compared with nothing.
pub(super) fn has_name(chain: &Chain, name: &str) -> bool {
    let Some(dialled) = Dialled::new(name) else { return true };
    chain.first().is_some_and(|leaf| is_for(leaf, &dialled))
}
