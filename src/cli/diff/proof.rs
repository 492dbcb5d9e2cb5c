//! The proof of the rollout from the base to the plan.

use super::sides::Drafts;
use crate::cli::way::way;
use crate::compare::{Comparison, Proved, WhyNot};
use crate::decide::Request;
use crate::rehearsal::{Way, rehearsed};
use crate::verify::prove;
use crate::workspace::Expanded;

/// Hosts up to which it is proven without being asked: beyond that it takes longer than the comparison itself.
pub(super) const PROVEN: usize = 100;

/// How it is asked for.
pub(super) struct Asked {
    /// What proves the state after.
    pub(super) alone: String,
    /// What proves the way.
    pub(super) way: String,
    /// Whether it is proven however many hosts there are.
    pub(super) always: bool,
}

/// Proves the way, or says why it was not proven.
pub(super) fn proved(
    (before, after): (Option<&mut Expanded<'_>>, &mut Expanded<'_>),
    drafts: Drafts,
    comparison: &Comparison,
    request: &Request,
    asked: Asked,
) -> Proved {
    let Asked { alone, way: command, always } = asked;
    let hosts = after.blueprint.model.nodes.len();
    if hosts > PROVEN && !always {
        return Proved::NotProven { why: WhyNot::ManyHosts { more_than: PROVEN }, command };
    }
    let Drafts { before: old, after: new } = drafts;
    let sides = before.zip(old);
    let is_rollout = sides.is_some();
    let proven = match sides {
        Some(before) => way(before, (after, new), &comparison.waves, request.at).ok(),
        None => rehearsed(&mut after.blueprint, new).ok().map(|made| {
            let proof = prove(&made.wired.wiring, &made.wired.request(request.at, None));
            Way::alone(made.wired.wiring, proof)
        }),
    };
    let Some(proven) = proven else {
        return Proved::NotProven { why: WhyNot::Refused, command: alone };
    };
    let wrong = proven.after.errors();
    if wrong > 0 {
        return Proved::Fails { findings: wrong, command: alone };
    }
    if !proven.broken.is_empty() {
        let wave = proven.broken.iter().filter_map(|broken| broken.wave).min().map(|wave| wave + 1);
        return Proved::Breaks { connections: proven.broken.len(), wave, command };
    }
    Proved::Holds {
        connections: proven.after.holding(),
        unknown: proven.after.unknown(),
        waves: if is_rollout { comparison.waves.len() } else { 0 },
    }
}
