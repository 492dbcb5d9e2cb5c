//! `pkiplan diff`: what changes against another state, and what it costs.

mod base;
mod sides;
mod trees;

use std::process::ExitCode;

use super::arguments::{Diff, Format};
use super::output::Output;
use crate::compare::{Built, Comparison, Unrendered, compare, compare_built};
use crate::diagnostics::Diagnostics;
use crate::read::Disk;
use crate::report::diff::{self, Asked, Named, Terminal};
use base::Base;
use sides::{Broken, Decided, Side};

pub(super) fn run(arguments: &Diff, output: &Output) -> ExitCode {
    told(arguments, output).unwrap_or_else(|message| {
        output.fail(&message);
        ExitCode::FAILURE
    })
}

fn told(arguments: &Diff, output: &Output) -> Result<ExitCode, String> {
    let (after, base) = both(
        || Side::read(&Disk, &arguments.plan, arguments.at.as_deref()),
        || base::base(arguments).and_then(|base| Ok((base.read(arguments)?, base))),
    );
    let after = match after? {
        Ok(side) => side,
        Err(broken) => return Ok(failed(&broken, output)),
    };
    let (before, base) = base?;
    let before = match before {
        None => None,
        Some(Ok(side)) => Some(side),
        Some(Err(broken)) => return Ok(failed(&broken, output)),
    };
    let named = Named { before: base.shown(before.is_some()), after: arguments.plan.display().to_string() };
    let built = match &base {
        Base::Trees(folder) => Some(trees::read(folder)?),
        Base::Plan(_) | Base::Revision(_) => None,
    };
    match comparison(arguments, (before.as_ref(), built.as_ref()), &after) {
        Ok(comparison) => Ok(tell(arguments, &named, &comparison?, output)),
        Err((diagnostics, of_base)) => {
            let side = if of_base { before.as_ref() } else { None };
            Ok(output.failed(&diagnostics, side.unwrap_or(&after).sources()))
        }
    }
}

/// The comparison, as far as it was asked for; else what is wrong, and whether with the base.
fn comparison(
    arguments: &Diff,
    (before, built): (Option<&Side>, Option<&Built>),
    after: &Side,
) -> Result<Result<Comparison, String>, (Diagnostics, bool)> {
    let (new, old) = both(|| after.expand(), || before.map(Side::expand).transpose());
    let (new, old) = (new.map_err(|found| (found, false))?, old.map_err(|found| (found, true))?);
    let (old, new) = (before.zip(old.as_ref()), (after, &new));
    let decided = Decided::new(old, new)?;
    let (was, is) = decided.states(old, new);
    if let Some(host) = &arguments.host
        && let Err(message) = diff::knows(host, was.as_ref(), &is)
    {
        return Ok(Err(message));
    }
    let host = arguments.host.as_deref();
    let compared = match built {
        Some(built) => compare_built(built, &is, host),
        None => compare(was.as_ref(), &is, host, &decided.early),
    };
    let comparison = compared.map_err(|unrendered| {
        let (failures, of_base) = match unrendered {
            Unrendered::Before(failures) => (failures, true),
            Unrendered::After(failures) => (failures, false),
        };
        let mut diagnostics = Diagnostics::default();
        failures.into_iter().for_each(|failure| diagnostics.push(failure));
        (diagnostics, of_base)
    })?;
    Ok(Ok(diff::only(comparison, arguments.only)))
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

fn failed(broken: &Broken, output: &Output) -> ExitCode {
    output.failed(&broken.diagnostics, &broken.sources)
}

fn tell(arguments: &Diff, named: &Named, comparison: &Comparison, output: &Output) -> ExitCode {
    let asked = Asked { base: &arguments.base, host: arguments.host.as_deref(), only: arguments.only };
    let terminal = Terminal { width: output.width(), paints: output.paints };
    match output.form {
        Format::Json => output.json(&diff::json(named, comparison, arguments.only)),
        Format::Markdown => output.print(&diff::comment(named, comparison)),
        Format::Html => output.print(&diff::page(named, comparison)),
        Format::Text => output.print(&diff::report(&asked, named, comparison, terminal)),
    }
    ExitCode::from(if arguments.exit_code && !comparison.is_empty() { 2 } else { 0 })
}
