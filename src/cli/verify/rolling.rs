//! `pkiplan verify --base BASE`: proves the mixed states of a rollout.

use super::arguments::Verify;
use crate::cli::clock;
use crate::cli::diff::base::{Other, place};
use crate::cli::diff::sides::{Decided, Side};
use crate::cli::output::Output;
use crate::cli::way::way;
use crate::compare::compare;
use crate::decide::Request as Decision;
use crate::read::{Bounds, Disk};
use crate::rehearsal::Way;
use crate::report::verify::{Rolled, rolled_to_json, rolled_to_text};
use crate::verify::Tried;
use crate::workspace::Failure;

/// Proves the state before, the state after, and what hosts meet in between.
pub(super) fn rolling(
    arguments: &Verify,
    base: &str,
    bounds: &Bounds,
    output: &Output,
) -> Result<bool, Failure> {
    let request = Decision::new(clock::at(arguments.at.as_deref())?);
    let disk = Disk::around(arguments.plan(), bounds)?;
    let base = place(arguments.plan(), Some(base), bounds)?;
    let after = Side::read(&disk, arguments.plan())?;
    let other = base.read(arguments.plan())?;
    let Other::Plan(before) = &other else {
        let why = "a rollout starts from a plan: name a git revision that has this plan, or another plan";
        return Err(why.to_owned().into());
    };
    let (mut old, mut new) = (before.expand()?, after.expand()?);
    let decided = Decided::new(Some((before, &old)), (&after, &new), &request)?;
    let (was, is) = decided.states(Some((before, &old)), (&after, &new));
    let Some(was) = was else { return Err("there is no earlier state".to_owned().into()) };
    let comparison = compare(Some(&was), &is, None, &decided.early);
    let comparison = comparison.map_err(|_| Failure::from("the plan cannot be rendered".to_owned()))?;
    let (was, is) = (was.draft.clone(), is.draft.clone());
    let way = way((&mut old, was), (&mut new, is), &comparison.waves, request.at)?;
    let Way { wiring, before, after, broken } = &way;
    let rolled = Rolled { wiring, before, after, broken, tried: &Tried::default() };
    if output.json {
        output.json(rolled_to_json(&rolled));
    } else {
        output.print(&rolled_to_text(&rolled));
    }
    Ok(way.holds())
}
