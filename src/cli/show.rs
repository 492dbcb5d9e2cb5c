//! `pkiplan show`

use std::process::ExitCode;

use super::arguments::{Show, Shown};
use super::load;
use super::output::Output;
use crate::diagnostics::Diagnostics;
use crate::report::show::{Nothing, certificate, component, node, overview};
use crate::report::{sections_to_json, sections_to_text};
use crate::source::Sources;

pub(super) fn run(arguments: &Show, output: &Output) -> ExitCode {
    let mut diagnostics = Diagnostics::default();
    let plan = match load(&arguments.plan, Sources::default(), &mut diagnostics) {
        Ok(plan) => plan,
        Err(sources) => return output.failed(&diagnostics, &sources),
    };
    let Some(blueprint) = plan.expand(&mut diagnostics) else {
        return output.failed(&diagnostics, &plan.sources);
    };
    output.diagnostics(&diagnostics, &plan.sources);
    let sections = match &arguments.what {
        None => Ok(overview(&blueprint)),
        Some(Shown::Certificate { id }) => certificate(&blueprint, id),
        Some(Shown::Component { name }) => component(&blueprint, name),
        Some(Shown::Node { name }) => node(&blueprint, name),
    };
    match sections {
        Ok(sections) if output.json => output.json(&sections_to_json(&sections)),
        Ok(sections) => output.print(&sections_to_text(&sections)),
        Err(Nothing::Unknown(message)) => {
            output.fail(&message);
            return ExitCode::FAILURE;
        }
        Err(Nothing::Diagnostics(failures)) => {
            failures.into_iter().for_each(|failure| diagnostics.push(failure));
            return output.failed(&diagnostics, &plan.sources);
        }
    }
    ExitCode::SUCCESS
}
