//! `pkiplan status`: when certificates end, and what stops then.

use std::process::ExitCode;

use super::arguments::Status;
use super::decision::{Inputs, Question, Stop, read};
use super::output::Output;
use crate::diagnostics::Diagnostics;
use crate::expiry::{State, entries};
use crate::read::Disk;
use crate::report::status::Answer;

pub(super) fn run(arguments: &Status, output: &Output) -> ExitCode {
    let question = Question {
        world: &Disk,
        plan: &arguments.plan,
        out: None,
        at: arguments.at.as_deref(),
        drop_trust: &[],
        renew: None,
    };
    read(&question, output, |inputs, diagnostics| status(arguments, inputs, output, diagnostics))
}

fn status(
    arguments: &Status,
    inputs: &Inputs,
    output: &Output,
    diagnostics: &mut Diagnostics,
) -> Result<ExitCode, Stop> {
    let blueprint = inputs.expand(diagnostics)?;
    let lock = inputs.lock(diagnostics)?;
    let at = inputs.at();
    let entries = entries(&blueprint, lock.as_ref(), at, arguments.within);
    let Status { plan, within, all, .. } = arguments;
    let answer = Answer { plan, within: *within, all: *all, blueprint: &blueprint, at, entries };
    output.diagnostics(diagnostics, inputs.sources());
    if arguments.openmetrics {
        output.print(&answer.openmetrics());
    } else if output.json {
        output.json(&answer.json());
    } else {
        output.tell(&answer.table());
    }
    Ok(ExitCode::from(if answer.count(State::Expired) > 0 {
        3
    } else if answer.count(State::Due) > 0 {
        2
    } else {
        0
    }))
}
