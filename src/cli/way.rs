//! Proves the rollout from one plan to another, for `pkiplan diff` and `pkiplan verify`.

use crate::compare::Wave;
use crate::decide::Draft;
use crate::rehearsal::{Way, rehearsed};
use crate::values::Instant;
use crate::verify::Wired;
use crate::workspace::{Expanded, Failure};

/// A side, and what was decided of it.
type Side<'s, 'a> = (&'s mut Expanded<'a>, Draft);

/// Proves both sides and what hosts meet in between.
pub(super) fn way(
    before: Side<'_, '_>,
    after: Side<'_, '_>,
    waves: &[Wave],
    now: Instant,
) -> Result<Way, Failure> {
    let wired = |(expanded, draft): (&mut Expanded<'_>, Draft)| -> Result<Wired, Failure> {
        let made = rehearsed(&mut expanded.blueprint, draft);
        made.map(|made| made.wired).map_err(|why| expanded.stopped(why))
    };
    let first = wired(before)?;
    let (last, draft) = after;
    let second = wired((&mut *last, draft))?;
    Ok(Way::prove((first, second), waves, &last.blueprint, now))
}
