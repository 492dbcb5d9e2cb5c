//! Computes validity dates from the time of a decision, and the possible times of a decision from the dates.

use std::ops::RangeInclusive;

use crate::specification::spread_of;
use crate::values::{Duration, Instant};

/// Clocks differ: what is made now is valid five minutes ago.
const BACKDATED: u64 = 300;

/// The first second of validity of what is decided at an instant, unless its issuer has ended.
pub(super) fn not_before(at: Instant) -> Instant {
    at.minus_seconds(BACKDATED)
}

/// The last second of validity, whatever the issuer's is.
pub(super) fn not_after(at: Instant, validity: Duration, early: u64) -> Instant {
    at.plus(validity).minus_seconds(early)
}

/// By how many seconds a certificate ends earlier than those like it.
pub(super) fn early(lock_id: &str, id: &str, spread: Option<Duration>) -> u64 {
    spread.map_or(0, |spread| spread_of(lock_id, id, spread))
}

/// The instants at which this first second can have been decided. One that would have had the serial of what it
/// replaced is a second earlier, and none is before 1970.
pub(super) fn decided(not_before: Instant) -> RangeInclusive<Instant> {
    let latest = not_before.plus_seconds(BACKDATED + 1);
    let earliest = if not_before == Instant::EPOCH { not_before } else { not_before.plus_seconds(BACKDATED) };
    earliest..=latest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_among_those_that_its_dates_allow() {
        for seconds in [0, 1, 299, 300, 301, 1_800_000_000] {
            let at = Instant::from_unix(seconds).unwrap();
            assert!(decided(not_before(at)).contains(&at), "{seconds}");
            assert!(decided(not_before(at).minus_seconds(1)).contains(&at), "{seconds}");
        }
        let noon: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
        assert!(!decided(not_before(noon)).contains(&noon.plus_seconds(2)));
    }
}
