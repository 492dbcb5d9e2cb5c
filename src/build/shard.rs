//! Shards of a build: which units each of several runs makes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::unit::{Job, jobs};
use crate::expand::Blueprint;
use crate::values::{Invalid, SecretEpoch, SecretName};

/// Runs of which one plan may be put together.
const MOST: u32 = 4_096;

/// The units that one run makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shard {
    /// Those of one of so many parts, both counted from 1. A host is in the part that its name says, so that other hosts
    /// may come and go; users and what is applied to the API are in the first one.
    Part {
        /// Which.
        index: u32,
        /// Of how many.
        count: u32,
    },
    /// Those whose own keys derive from one secret; what is applied to the API is with the cluster's secret.
    Secret(SecretName),
}

impl Shard {
    /// Whether it makes a unit.
    #[must_use]
    pub fn makes(&self, blueprint: &Blueprint<'_>, job: Job) -> bool {
        match *self {
            Shard::Part { index, count } => part(blueprint, job, count) == index,
            Shard::Secret(name) => owner(blueprint, job) == name,
        }
    }

    /// All shards of which this one is one.
    #[must_use]
    pub fn all(&self, blueprint: &Blueprint<'_>) -> BTreeSet<Shard> {
        match *self {
            Shard::Part { count, .. } => (1..=count).map(|index| Shard::Part { index, count }).collect(),
            Shard::Secret(_) => {
                jobs(blueprint).into_iter().map(|job| Shard::Secret(owner(blueprint, job))).collect()
            }
        }
    }

    /// What its piece of the lock is called behind the lock's name: `3-of-16`, `secret-site-3`.
    #[must_use]
    pub fn extension(&self) -> String {
        match self {
            Shard::Part { index, count } => format!("{index}-of-{count}"),
            Shard::Secret(name) => format!("secret-{name}"),
        }
    }

    /// Reads what [`Shard::extension`] writes, and nothing else.
    #[must_use]
    pub fn of_extension(text: &str) -> Option<Self> {
        let read: Shard = match text.strip_prefix("secret-") {
            Some(name) => Shard::Secret(name.parse().ok()?),
            None => text.replacen("-of-", "/", 1).parse().ok()?,
        };
        (read.extension() == text).then_some(read)
    }

    /// How many hosts it makes.
    #[must_use]
    pub fn hosts(&self, blueprint: &Blueprint<'_>) -> usize {
        let is_own = |job: &Job| matches!(job, Job::Host(_)) && self.makes(blueprint, *job);
        jobs(blueprint).into_iter().filter(is_own).count()
    }

    /// The part of that place.
    ///
    /// # Errors
    /// The count is zero or too large, or the index is not within it.
    pub fn part(index: u32, count: u32) -> Result<Self, Invalid> {
        match (1..=MOST).contains(&count) && (1..=count).contains(&index) {
            true => Ok(Shard::Part { index, count }),
            false => Err(Invalid::new(format!(
                "`{index}/{count}` is not a shard: the first number is 1 to the second one, which is at most {MOST}"
            ))),
        }
    }
}

/// How many units a shard has, or all have; some may have nothing to write.
#[must_use]
pub fn count(blueprint: &Blueprint<'_>, shard: Option<&Shard>) -> usize {
    jobs(blueprint).into_iter().filter(|job| shard.is_none_or(|shard| shard.makes(blueprint, *job))).count()
}

/// The part of a unit, from 1.
fn part(blueprint: &Blueprint<'_>, job: Job, count: u32) -> u32 {
    let Job::Host(node) = job else { return 1 };
    let digest = Sha256::digest(blueprint.model.nodes[node].name.as_str());
    let number = digest.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    u32::try_from(number % u64::from(count)).unwrap_or_default() + 1
}

/// The secret from which the keys of a unit derive.
fn owner(blueprint: &Blueprint<'_>, job: Job) -> SecretName {
    let of_cluster = || blueprint.model.cluster.as_ref().map(|cluster| cluster.secret);
    let secret: Option<SecretEpoch> = match job {
        Job::Host(node) => Some(blueprint.model.nodes[node].secret),
        Job::User(certificate) => Some(blueprint.certificates[certificate].secret),
        Job::Cluster => of_cluster(),
    };
    secret.map(|secret| secret.name).unwrap_or_default()
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shard::Part { index, count } => write!(f, "{index}/{count}"),
            Shard::Secret(name) => write!(f, "secret:{name}"),
        }
    }
}

/// A number of digits alone.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

impl FromStr for Shard {
    type Err = Invalid;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Some(name) = text.strip_prefix("secret:") {
            return name.parse().map(Shard::Secret);
        }
        let numbers = text.split_once('/').and_then(|(index, count)| Some((number(index)?, number(count)?)));
        let Some((index, count)) = numbers else {
            let invalid = Invalid::new(format!("`{text}` is not a shard"));
            return Err(invalid.help("write `3/16`, or `secret:NAME`"));
        };
        Self::part(index, count)
    }
}
