//! Points in time, in whole seconds, UTC.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Duration, Invalid};

/// Seconds since 1970-01-01T00:00:00Z; never before it and never after the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const LAST: i64 = 253_402_300_799;

impl Instant {
    /// 1970-01-01T00:00:00Z
    pub const EPOCH: Instant = Instant(0);

    /// Seconds since 1970; none where that is outside 1970 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (0..=LAST).contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Later by `duration`, at most the end of the year 9999.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        self.plus_seconds(duration.seconds())
    }

    /// Later by `seconds`, at most the end of the year 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add_unsigned(seconds).min(LAST))
    }

    /// Earlier by `seconds`, at least 1970.
    #[must_use]
    pub fn minus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub_unsigned(seconds).max(0))
    }

    /// The time until `later`, at least a second.
    #[must_use]
    pub fn until(self, later: Instant) -> Duration {
        Duration::nearest(later.0.saturating_sub(self.0))
    }

    /// Whole days until `later`, negative if it has passed.
    #[must_use]
    pub fn days_until(self, later: Instant) -> i64 {
        (later.0 - self.0).div_euclid(86400)
    }

    /// As the `time` crate has it.
    #[must_use]
    pub fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Instant {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid =
            || Invalid::new(format!("`{text}` is not a time")).help("write RFC 3339: `2026-11-22T04:08:06Z`");
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| invalid())?;
        Self::from_unix(parsed.unix_timestamp()).ok_or_else(invalid)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.date_time();
        let (date, time) = (at.date(), at.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        let instant: Instant = "2026-11-22T04:08:06Z".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-11-22T04:08:06Z");
        assert_eq!(instant.plus(Duration::years(1)).to_string(), "2027-11-22T04:08:06Z");
        assert_eq!("2026-11-22T05:08:06.9+01:00".parse::<Instant>().unwrap(), instant);
        assert!("1969-12-31T23:59:59Z".parse::<Instant>().is_err());
        assert!("tomorrow".parse::<Instant>().is_err());
    }
}
