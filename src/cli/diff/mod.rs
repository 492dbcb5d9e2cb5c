//! `pkiplan diff`: what changes between a base and the plan, with causes, restarts and risks.

mod arguments;
pub(super) mod base;
mod given;
mod hosts;
mod live;
mod proof;
mod say;
mod secret;
pub(super) mod sides;
mod standing;

use std::process::ExitCode;

use super::clock;
use super::global::Format;
use super::next;
use super::output::Output;
use crate::compare::{Built, Comparison, Proved, Unrendered, compare, compare_built};
use crate::decide::Request;
use crate::diagnostics::Severity;
use crate::read::{Bounds, Disk};
use crate::report::diff::{self, Asked, Named, Part};
use crate::workspace::{Expanded, Failure};
pub(super) use arguments::Diff;
use base::Other;
use say::say;
use sides::{Decided, Side};

pub(super) fn run(arguments: &Diff, bounds: &Bounds, output: &Output) -> ExitCode {
    if arguments.schema {
        output.json(diff::schema());
        return ExitCode::SUCCESS;
    }
    output.end(difference(arguments, bounds, output))
}

fn difference(arguments: &Diff, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    if hosts::are_asked(arguments) {
        return hosts::drift(arguments, bounds, output);
    }
    let host = match &arguments.host[..] {
        [] => None,
        [one] => Some(one.as_str()),
        _ => return Err(
            "--host NAME can be given once; to compare several hosts with their files, use --host NAME=DIR"
                .to_owned()
                .into(),
        ),
    };
    let request = Request::new(clock::at(arguments.at.as_deref())?);
    let disk = Disk::around(arguments.plan(), bounds)?;
    let place = base::place(arguments.plan(), arguments.base.as_deref(), bounds)?;
    let stage = output.stage("comparing", 0);
    let (after, other) = both(|| Side::read(&disk, arguments.plan()), || place.read(arguments.plan()));
    let (after, other) = (after?, other?);
    let named = Named { before: place.shown(&other), after: arguments.plan().display().to_string() };
    let (before, built) = match &other {
        Other::Nothing => (None, None),
        Other::Plan(side) => (Some(&**side), None),
        Other::Trees(built) => (None, Some(built)),
    };
    let (new, old) = both(|| after.expand(), || before.map(Side::expand).transpose());
    let (mut new, mut old) = (new?, old?);
    let decided = Decided::new(before.zip(old.as_ref()), (&after, &new), &request)?;
    let mut comparison = comparison(
        (arguments, host),
        (&request, &decided),
        (before.zip(old.as_ref()), built),
        (&after, &new),
    )?;
    let base = place.asked();
    let is_refused = decided.early.iter().any(|early| early.code.severity() == Severity::Error);
    // Of trees it is not known what their plan was; of one host alone there is no way of all.
    let has_way = built.is_none() && host.is_none() && !comparison.is_empty();
    if has_way && matches!(arguments.only, None | Some(Part::Impact)) {
        let alone = format!("pkiplan verify {}", named.after);
        let way = format!("{alone} --base {base}");
        let asked = proof::Asked {
            way: if old.is_some() { way } else { alone.clone() },
            alone,
            always: arguments.prove,
        };
        let sides = (old.as_mut(), &mut new);
        comparison.proof = Some(proof::proved(sides, decided.into_drafts(), &comparison, &request, asked));
    }
    drop(stage);
    // A proof that fails names its own command, and a build refuses what comes too early.
    let works = !matches!(comparison.proof, Some(Proved::Fails { .. } | Proved::Breaks { .. }));
    let leads_on = works && !comparison.is_empty() && !is_refused;
    let high = comparison.risks.iter().filter(|risk| risk.severity == crate::compare::Severity::High).count();
    let comparison = diff::only(comparison, arguments.only);
    let asked = Asked { base: &base, host, only: arguments.only };
    let code = say(arguments, (&named, &asked), &comparison, output);
    if leads_on && output.form == Format::Text {
        let build = next::of_plan("build", arguments.plan());
        output.next(&match high {
            0 => build,
            1 => format!("review the high risk above, then {build}"),
            many => format!("review the {many} high risks above, then {build}"),
        });
    }
    Ok(code)
}

/// The whole comparison.
fn comparison(
    (arguments, host): (&Diff, Option<&str>),
    (request, decided): (&Request, &Decided),
    (old, built): (Option<(&Side<'_>, &Expanded<'_>)>, Option<&Built>),
    new: (&Side<'_>, &Expanded<'_>),
) -> Result<Comparison, Failure> {
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
            return Err("a secret is only useful to compare with trees; two plans are compared without one"
                .to_owned()
                .into());
        }
        None => compare(was.as_ref(), &is, host, &decided.early),
    };
    compared.map_err(|unrendered| match (unrendered, old) {
        (Unrendered::Before(failures), Some((_, old))) => old.refuse(failures),
        (Unrendered::Before(failures) | Unrendered::After(failures), _) => new.1.refuse(failures),
    })
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
