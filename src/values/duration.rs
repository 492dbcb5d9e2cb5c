//! Durations in whole seconds.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

const UNITS: [(&str, u64); 5] = [("y", 365 * 86400), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)];
const LONGEST: u64 = 100 * 365 * 86400;

/// A duration: more than nothing, at most a hundred years of 365 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Duration {
    /// Years of 365 days.
    #[must_use]
    pub const fn years(years: u64) -> Self {
        Self(years * 365 * 86400)
    }

    /// The duration nearest to a number of seconds: at least one second, at most a hundred years.
    #[must_use]
    pub fn nearest(seconds: i64) -> Self {
        Self(u64::try_from(seconds).unwrap_or(0).clamp(1, LONGEST))
    }

    /// Whole seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl FromStr for Duration {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |why: &str| {
            Invalid::new(format!("`{text}` is not a duration{why}"))
                .help("write numbers with units, largest first: `10y`, `90d`, `1d12h`, `45s`")
        };
        let (mut rest, mut units, mut total) = (text, UNITS.as_slice(), 0u64);
        while !rest.is_empty() {
            let digits =
                rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(|| invalid(": a unit is missing"))?;
            let number: u64 = rest[..digits].parse().map_err(|_| invalid(""))?;
            let unit = units
                .iter()
                .position(|(name, _)| rest[digits..].starts_with(name))
                .ok_or_else(|| invalid(""))?;
            let seconds = number.checked_mul(units[unit].1).filter(|s| *s <= LONGEST);
            total =
                seconds.and_then(|s| total.checked_add(s)).ok_or_else(|| invalid(": more than 100 years"))?;
            units = &units[unit + 1..];
            rest = &rest[digits + 1..];
        }
        match total {
            0 => Err(invalid(": it must be longer than zero")),
            _ if total > LONGEST => Err(invalid(": more than 100 years")),
            _ => Ok(Self(total)),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for (unit, seconds) in UNITS {
            if rest >= seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [("10y", 315_360_000), ("90d", 7_776_000), ("1d12h", 129_600), ("45s", 45)] {
            let duration: Duration = text.parse().unwrap();
            assert_eq!((duration.seconds(), duration.to_string().as_str()), (seconds, text));
        }
        for bad in ["", "10", "0s", "1x", "1h1d", "101y", "99999999999999999999y", "-1d", "1 d"] {
            assert!(bad.parse::<Duration>().is_err(), "{bad}");
        }
    }
}
