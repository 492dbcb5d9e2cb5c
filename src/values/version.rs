//! Versions of programs and ranges of them.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

/// `1.36` or `1.36.2`; an absent patch counts as 0 in comparisons.
#[derive(Debug, Clone)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

/// `>=1.18, <1.36`; no bound: any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionRange {
    bounds: Vec<(Bound, Version)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtLeast,
    AtMost,
    Below,
    Above,
    Exactly,
}

impl Version {
    /// A version by its numbers.
    #[must_use]
    pub fn new(major: u32, minor: u32, patch: Option<u32>) -> Self {
        Self { major, minor, patch }
    }

    /// Whether this version is the newer one, and by how many minor versions; another major version is
    /// further away than any minor one.
    #[must_use]
    pub fn minors_from(&self, other: &Self) -> (bool, u64) {
        let place = |version: &Self| (u64::from(version.major) << 32) + u64::from(version.minor);
        let (ours, theirs) = (place(self), place(other));
        (ours > theirs, ours.abs_diff(theirs))
    }

    /// The minor versions between this one and a later one; none where those have other major versions.
    pub fn minors_until(&self, later: &Self) -> impl Iterator<Item = Version> {
        let major = self.major;
        let end = if later.major == major { later.minor } else { 0 };
        (self.minor.saturating_add(1)..end).map(move |minor| Self::new(major, minor, None))
    }

    /// All three numbers: `1.36.0` for `1.36`, as images are called.
    #[must_use]
    pub fn to_full_string(&self) -> String {
        let (major, minor, patch) = self.key();
        format!("{major}.{minor}.{patch}")
    }

    fn key(&self) -> (u32, u32, u32) {
        (self.major, self.minor, self.patch.unwrap_or(0))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl VersionRange {
    /// The newest minor version that it contains; none where it has no upper end.
    #[must_use]
    pub fn newest(&self) -> Option<Version> {
        let ends = self.bounds.iter().filter_map(|(bound, limit)| match bound {
            Bound::AtMost | Bound::Exactly => Some(limit.clone()),
            Bound::Below => limit.minor.checked_sub(1).map(|minor| Version::new(limit.major, minor, None)),
            Bound::AtLeast | Bound::Above => None,
        });
        ends.min()
    }

    /// Whether the version is within all bounds.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(bound, limit)| match bound {
            Bound::AtLeast => version >= limit,
            Bound::AtMost => version <= limit,
            Bound::Below => version < limit,
            Bound::Above => version > limit,
            Bound::Exactly => version == limit,
        })
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (bound, limit)) in self.bounds.iter().enumerate() {
            let sign = match bound {
                Bound::AtLeast => ">=",
                Bound::AtMost => "<=",
                Bound::Below => "<",
                Bound::Above => ">",
                Bound::Exactly => "=",
            };
            write!(f, "{}{sign}{limit}", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Version {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new(format!("`{text}` is not a version")).help("write `1.36` or `1.36.2`");
        // `u32` also reads `+2` and `02`: one version, one spelling.
        let plain =
            |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
        let number = |part: &str| part.parse::<u32>().ok().filter(|_| plain(part)).ok_or_else(invalid);
        let parts: Vec<&str> = text.strip_prefix('v').unwrap_or(text).split('.').collect();
        match parts[..] {
            [major, minor] => Ok(Self::new(number(major)?, number(minor)?, None)),
            [major, minor, patch] => Ok(Self::new(number(major)?, number(minor)?, Some(number(patch)?))),
            _ => Err(invalid()),
        }
    }
}

impl FromStr for VersionRange {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text == "*" {
            return Ok(Self::default());
        }
        let words = [
            (">=", Bound::AtLeast),
            ("<=", Bound::AtMost),
            ("<", Bound::Below),
            (">", Bound::Above),
            ("=", Bound::Exactly),
        ];
        let bound = |part: &str| {
            let part = part.trim();
            let (word, bound) = words.iter().find(|(word, _)| part.starts_with(word)).ok_or_else(|| {
                Invalid::new(format!("`{text}` is not a range of versions")).help("write `>=1.18, <1.36`")
            })?;
            Ok((*bound, part[word.len()..].trim().parse()?))
        };
        Ok(Self { bounds: text.split(',').map(bound).collect::<Result<_, Invalid>>()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let range: VersionRange = ">=1.18, <1.36".parse().unwrap();
        let holds = |text: &str| range.contains(&text.parse().unwrap());
        assert!(holds("1.18") && holds("v1.35.9") && !holds("1.36") && !holds("1.36.2") && !holds("1.17.9"));
        for bad in ["", "1", "1.", "1.x", "1.+2", "01.2", "1.2.3.4", "1.36.0-rc.1"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
        assert!("1.36".parse::<VersionRange>().is_err());
    }
}
