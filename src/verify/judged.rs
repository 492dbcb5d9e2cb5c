//! Verdicts about paths and names: each chain is judged only once against each pool.

use std::sync::Arc;

use super::memo::Memo;
use crate::judge::{
    Accepted, Dialled, Malformed, Purpose, Question, Refusal, Roots, Shown, is_for, judge, openssl, shown,
};
use crate::values::{Engine, Instant};
use crate::wiring::{Chain, Pool};

/// The address of an interned chain or certificate, which lives as long as the wiring.
type Address = usize;

/// What was judged so far, at one instant.
pub(super) struct Judged {
    now: Instant,
    paths: Memo<(Address, Address, Purpose, Engine), Result<Accepted, Refusal>>,
    shown: Memo<Address, Result<Arc<Shown>, Malformed>>,
    names: Memo<(Address, Arc<str>), bool>,
}

impl Judged {
    pub(super) fn new(now: Instant) -> Self {
        Self { now, paths: Memo::default(), shown: Memo::default(), names: Memo::default() }
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
        self.paths.get((address(chain), address(pool), purpose, engine), || {
            let sent: Vec<&[u8]> = chain.iter().map(|der| &**der).collect();
            self.judge(&sent, pool, purpose, engine)
        })
    }

    /// What a judge says of what an authority issues. Where the pool has the authority's key and name in another
    /// certificate, that one counts: what was issued below one of them is below the other, too.
    pub(super) fn issuer(
        &self,
        chain: &Chain,
        pool: &Pool,
        purpose: Purpose,
        engine: Engine,
    ) -> Result<Accepted, Refusal> {
        self.path(chain, pool, purpose, engine).or_else(|refusal| {
            let Some(Ok(own)) = self.shown(chain) else { return Err(refusal) };
            let is_twin = |der: &&[u8]| {
                shown(der).is_ok_and(|it| (&it.subject, &it.public_key) == (&own.subject, &own.public_key))
            };
            match pool.iter().map(|der| &**der).find(is_twin) {
                Some(twin) => self.judge(&[twin], pool, purpose, engine),
                None => Err(refusal),
            }
        })
    }

    fn judge(
        &self,
        sent: &[&[u8]],
        pool: &Pool,
        purpose: Purpose,
        engine: Engine,
    ) -> Result<Accepted, Refusal> {
        let roots = Roots::new(pool.iter().map(|der| &**der));
        let question = Question { purpose, dialled: None, now: self.now };
        match engine {
            Engine::Go => judge(sent, &roots, question),
            Engine::OpenSsl => openssl(sent, &roots, question),
        }
    }

    /// What the first certificate of a chain says; none where there is none.
    pub(super) fn shown(&self, chain: &Chain) -> Option<Result<Arc<Shown>, Malformed>> {
        let leaf = chain.first()?;
        Some(self.shown.get(address(chain), || shown(leaf).map(Arc::new)))
    }

    /// Whether the first certificate of a chain is for a name; an empty name is compared with nothing.
    pub(super) fn has_name(&self, chain: &Chain, name: &Arc<str>) -> bool {
        self.names.get((address(chain), Arc::clone(name)), || {
            let Some(dialled) = Dialled::new(name) else { return true };
            chain.first().is_some_and(|leaf| is_for(leaf, &dialled))
        })
    }
}

fn address(chain: &Chain) -> Address {
    Arc::as_ptr(chain).cast::<u8>() as usize
}
