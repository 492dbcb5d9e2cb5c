//! `pkiplan verify --from BASE`: the states between two.

use std::sync::Arc;

use super::arguments::Verify;
use super::wired::{Wired, wired};
use crate::build;
use crate::cli::clock;
use crate::cli::diff::base::{Other, place};
use crate::cli::diff::sides::{Decided, Side};
use crate::cli::output::Output;
use crate::compare::{Wave, compare};
use crate::decide::{Draft, Request as Decision};
use crate::read::{Bounds, Disk};
use crate::report::verify::{Rolled, rolled_to_json, rolled_to_text};
use crate::verify::{Both, Order, Rollout, Tried, grants, prove};
use crate::workspace::{Expanded, Failure, Units};

/// Proves the state before, the state after, and what hosts meet in between.
pub(super) fn rolling(
    arguments: &Verify,
    base: &str,
    bounds: &Bounds,
    output: &Output,
) -> Result<bool, Failure> {
    let request = Decision::new(clock::at(arguments.at.as_deref())?);
    let disk = Disk::around(&arguments.plan, bounds)?;
    let base = place(&arguments.plan, Some(base), bounds)?;
    let after = Side::read(&disk, &arguments.plan)?;
    let other = base.read(&arguments.plan)?;
    let Other::Plan(before) = &other else {
        let why = "a rollout begins at a plan: name a git revision that has this plan, or another plan";
        return Err(why.to_owned().into());
    };
    let (mut old, mut new) = (before.expand()?, after.expand()?);
    let decided = Decided::new(Some((before, &old)), (&after, &new), &request)?;
    let (was, is) = decided.states(Some((before, &old)), (&after, &new));
    let Some(was) = was else { return Err("there is no state before".to_owned().into()) };
    let comparison = compare(Some(&was), &is, None, &decided.early);
    let comparison = comparison.map_err(|_| Failure::from("the plan cannot be rendered".to_owned()))?;
    let (was, is) = (was.draft.clone(), is.draft.clone());
    let (first, last) = (side(&mut old, was)?, side(&mut new, is)?);
    let now = request.at;
    let (proof_before, proof_after) =
        (prove(&first.wiring, &first.request(now, None)), prove(&last.wiring, &last.request(now, None)));
    let order = order(&comparison.waves, &last, &first);
    let (before, after) = (&proof_before, &proof_after);
    let rollout = Rollout { order: Some(&order), before, after };
    // What is applied to the API is there before anything needs it, and goes after that.
    let objects: Vec<String> = first.objects.iter().chain(&last.objects).cloned().collect();
    let grants = grants(new.blueprint.catalog, &objects);
    let Wired { wiring, names, doors, moving, .. } = last;
    let both = Both::new(first.wiring, wiring);
    let (names, doors, moving, grants) = (&names, &doors, &moving, &grants);
    let request = crate::verify::Request { now, names, doors, moving, grants, authorities: None };
    let broken = both.broken(&request, &rollout);
    let rolled = Rolled { wiring: &both.wiring, before, after, broken: &broken, tried: &Tried::default() };
    if output.json {
        output.json(rolled_to_json(&rolled));
    } else {
        output.print(&rolled_to_text(&rolled));
    }
    Ok(rolled.holds())
}

fn side(expanded: &mut Expanded<'_>, mut draft: Draft) -> Result<Wired, Failure> {
    let material = build::rehearse(&mut expanded.blueprint, &mut draft);
    let credentials = build::issue(&expanded.blueprint, &draft, &material);
    let made = credentials.and_then(|credentials| build::unwritten(&credentials));
    let (units, _) = made.map_err(|why| expanded.stopped(why))?;
    Ok(wired(&expanded.blueprint, &Units::of(units)))
}

/// When the programs of hosts change.
fn order(waves: &[Wave], after: &Wired, before: &Wired) -> Order {
    let mut order = Order::new();
    for (at, wave) in waves.iter().enumerate() {
        for step in &wave.steps {
            for host in &step.hosts {
                for component in after.components(host).chain(before.components(host)) {
                    let own = step.services.iter().any(|service| after.runs(&service.service, &component));
                    let key = (Arc::from(host.as_str()), Arc::clone(&component));
                    if own {
                        order.insert(key, at);
                    } else {
                        // What nothing restarts takes its files with the first wave of its host.
                        order.entry(key).or_insert(at);
                    }
                }
            }
        }
    }
    order
}
