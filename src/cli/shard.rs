//! Parses `--shard`: the part of a plan that this run builds.

use std::str::FromStr;

use crate::build::Shard;
use crate::values::Invalid;

/// Pairs of variables that say which run of how many this is, and what the first one is counted from.
const RUNS: [(&str, &str, u32); 3] = [
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    // https://circleci.com/docs/variables/
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    // https://buildkite.com/docs/pipelines/configure/environment-variables
    ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
];

/// The index of a pod of an Indexed Job (https://kubernetes.io/docs/concepts/workloads/controllers/job/), from 0. Nothing
/// tells a pod how many there are.
const COMPLETION: &str = "JOB_COMPLETION_INDEX";

/// As it is written on the command line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    /// `3/16`, `secret:NAME`
    Shard(Shard),
    /// `auto`, `auto/16`
    Auto(Option<u32>),
}

/// What is wrong, and what to write instead.
fn said(invalid: Invalid) -> String {
    match invalid.help {
        Some(help) => format!("{}; {help}", invalid.message),
        None => invalid.message,
    }
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("auto") {
            Some("") => Ok(Asked::Auto(None)),
            Some(count) => {
                let digits =
                    count.strip_prefix('/').filter(|count| count.bytes().all(|b| b.is_ascii_digit()));
                let count = digits.and_then(|count| count.parse().ok());
                let count = count.ok_or_else(|| format!("`{text}` is not `auto/COUNT`"))?;
                Shard::part(1, count).map(|_| Asked::Auto(Some(count))).map_err(said)
            }
            None => text.parse().map(Asked::Shard).map_err(said),
        }
    }
}

impl Asked {
    /// The shard that is meant; `variable` gives one of the environment.
    ///
    /// # Errors
    /// The environment does not say it, in words.
    pub(super) fn shard(self, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
        let count = match self {
            Asked::Shard(shard) => return Ok(shard),
            Asked::Auto(count) => count,
        };
        let number = |name: &str| {
            let text = variable(name).filter(|text| !text.is_empty())?;
            Some(text.parse::<u32>().map_err(|_| format!("{name} is `{text}`, which is not a number")))
        };
        let part = |index: u32, count: u32, name: &str| {
            Shard::part(1, count).map_err(said)?;
            Shard::part(index, count).map_err(|_| format!("{name} is not one of {count} runs"))
        };
        if let Some(index) = number(COMPLETION) {
            let count = count.ok_or_else(|| {
                format!("{COMPLETION} is set, but not the number of pods: use `--shard auto/COUNT`")
            })?;
            return part(index?.saturating_add(1), count, COMPLETION);
        }
        for (index, total, first) in RUNS {
            let Some(found) = number(index) else { continue };
            let index_from_one = found?.saturating_add(1 - first);
            let count = match (count, number(total)) {
                (Some(count), _) => count,
                (None, Some(total)) => total?,
                (None, None) => {
                    return Err(format!("{index} is set, but {total} is not: use `--shard auto/COUNT`"));
                }
            };
            return part(index_from_one, count, index);
        }
        Err(format!(
            "the environment does not say which run this is: `--shard auto` reads {COMPLETION}, CI_NODE_INDEX, \
             CIRCLE_NODE_INDEX and BUILDKITE_PARALLEL_JOB; elsewhere, use `--shard 3/16`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_which_run_this_is() {
        let of = |asked: &str, set: &[(&str, &str)]| {
            let variable = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            asked.parse::<Asked>()?.shard(variable).map(|shard| shard.to_string())
        };
        assert_eq!(of("3/16", &[]).unwrap(), "3/16");
        assert_eq!(of("secret:site-3", &[]).unwrap(), "secret:site-3");
        assert_eq!(of("auto/16", &[("JOB_COMPLETION_INDEX", "0")]).unwrap(), "1/16");
        assert_eq!(of("auto", &[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "4")]).unwrap(), "2/4");
        assert_eq!(of("auto", &[("CIRCLE_NODE_INDEX", "3"), ("CIRCLE_NODE_TOTAL", "4")]).unwrap(), "4/4");
        assert_eq!(of("auto/5", &[("BUILDKITE_PARALLEL_JOB", "4")]).unwrap(), "5/5");
        for (asked, set) in [
            ("auto", &[][..]),
            ("auto", &[("JOB_COMPLETION_INDEX", "0")]),
            ("auto/16", &[("JOB_COMPLETION_INDEX", "16")]),
            ("auto/2", &[("CI_NODE_INDEX", "x")]),
            ("auto/x", &[]),
            ("auto/+2", &[("CI_NODE_INDEX", "1")]),
            ("auto/5000", &[("CI_NODE_INDEX", "1")]),
            ("auto", &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "0")]),
            ("+3/3", &[]),
            ("0/4", &[]),
            ("5/4", &[]),
            ("1/5000", &[]),
            ("secret:", &[]),
        ] {
            assert!(of(asked, set).is_err(), "{asked} {set:?}");
        }
    }
}
