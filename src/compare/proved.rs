//! The result of proving a rollout, or the reason why it was not proven.

use schemars::JsonSchema;
use serde::Serialize;

/// What was proven of the states that a rollout passes through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub enum Proved {
    /// Every connection works before, after and in every mixed state.
    Holds {
        /// Connections of the state after that hold.
        connections: usize,
        /// Connections of it of which nobody can say.
        unknown: usize,
        /// Waves, whose mixed states were proven.
        waves: usize,
    },
    /// The state after does not work.
    Fails {
        /// What is wrong with it.
        findings: usize,
        /// What shows it.
        command: String,
    },
    /// Connections that work before and after break on the way.
    Breaks {
        /// How many.
        connections: usize,
        /// The wave in which the first one breaks, counted from 1; none: in any order.
        #[serde(skip_serializing_if = "Option::is_none")]
        wave: Option<usize>,
        /// What shows them.
        command: String,
    },
    /// Nothing was proven.
    NotProven {
        /// Why not.
        why: WhyNot,
        /// What proves it.
        command: String,
    },
}

/// Why a way was not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// The plan has more hosts than are proven without being asked.
    ManyHosts {
        /// How many are.
        #[serde(rename = "more-than")]
        more_than: usize,
    },
    /// A build would be refused.
    Refused,
}
