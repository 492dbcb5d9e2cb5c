//! `pkiplan diff`: what changes against another state, and what it costs.

mod arguments;
pub(super) mod base;
mod given;
mod hosts;
mod live;
mod say;
mod secret;
pub(super) mod sides;
mod standing;

use std::process::ExitCode;

use super::clock;
use super::output::Output;
use crate::compare::{Built, Comparison, Unrendered, compare, compare_built};
use crate::decide::Request;
use crate::read::{Bounds, Disk};
use crate::report::diff::{self, Asked, Named};
use crate::workspace::{Expanded, Failure};
pub(super) use arguments::Diff;
use base::Other;
use say::say;
use sides::{Decided, Side};

pub(super) fn run(arguments: &Diff, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(difference(arguments, bounds, output))
}

fn difference(arguments: &Diff, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    if hosts::are_asked(arguments) {
        return hosts::drift(arguments, bounds, output);
    }
    let host = match &arguments.host[..] {
        [] => None,
        [one] => Some(one.as_str()),
        _ => return Err("one host alone can be looked at: --host NAME; several are compared with what lies on them: --host NAME=DIR".to_owned().into()),
    };
    let request = Request::new(clock::at(arguments.at.as_deref())?);
    let disk = Disk::around(&arguments.plan, bounds)?;
    let place = base::place(&arguments.plan, arguments.base.as_deref(), bounds)?;
    let (after, other) = both(|| Side::read(&disk, &arguments.plan), || place.read(&arguments.plan));
    let (after, other) = (after?, other?);
    let named = Named { before: place.shown(&other), after: arguments.plan.display().to_string() };
    let (before, built) = match &other {
        Other::Nothing => (None, None),
        Other::Plan(side) => (Some(&**side), None),
        Other::Trees(built) => (None, Some(built)),
    };
    let (new, old) = both(|| after.expand(), || before.map(Side::expand).transpose());
    let (new, old) = (new?, old?);
    let comparison =
        comparison((arguments, host), &request, (before.zip(old.as_ref()), built), (&after, &new))?;
    let asked = Asked { base: &place.asked(), host, only: arguments.only };
    Ok(say(arguments, (&named, &asked), &comparison, output))
}

/// The comparison, as far as it was asked for.
fn comparison(
    (arguments, host): (&Diff, Option<&str>),
    request: &Request,
    (old, built): (Option<(&Side<'_>, &Expanded<'_>)>, Option<&Built>),
    new: (&Side<'_>, &Expanded<'_>),
) -> Result<Comparison, Failure> {
    let decided = Decided::new(old, new, request)?;
    let (was, is) = decided.states(old, new);
    if let Some(host) = host {
        diff::knows(host, was.as_ref(), &is)?;
    }
    let with_secret = arguments.with_secret || arguments.secrets.are_given();
    let compared = match built {
        Some(built) if with_secret => secret::with_credentials(&arguments.secrets, new.0, request, |made| {
            compare_built(built, &is, host, Some(made))
        })?,
        Some(built) => compare_built(built, &is, host, None),
        None if with_secret => {
            return Err("a secret is of use against trees alone: two plans are compared without"
                .to_owned()
                .into());
        }
        None => compare(was.as_ref(), &is, host, &decided.early),
    };
    let comparison = compared.map_err(|unrendered| match (unrendered, old) {
        (Unrendered::Before(failures), Some((_, old))) => old.refuse(failures),
        (Unrendered::Before(failures) | Unrendered::After(failures), _) => new.1.refuse(failures),
    })?;
    Ok(diff::only(comparison, arguments.only))
}

/// Two answers at once: of thousands of hosts each takes its time.
fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
