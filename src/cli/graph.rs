//! `pkiplan graph`

use std::process::ExitCode;

use super::arguments::{Graph, GraphLanguage};
use super::load;
use super::output::Output;
use crate::diagnostics::Diagnostics;
use crate::expand;
use crate::source::Sources;

pub(super) fn run(arguments: &Graph, output: &Output) -> ExitCode {
    let mut diagnostics = Diagnostics::default();
    let plan = match load(&arguments.plan, Sources::default(), &mut diagnostics) {
        Ok(plan) => plan,
        Err(sources) => return output.failed(&diagnostics, &sources),
    };
    let Some(blueprint) = plan.expand(&mut diagnostics) else {
        return output.failed(&diagnostics, &plan.sources);
    };
    let graph = expand::Graph::of_classes(&blueprint);
    output.diagnostics(&diagnostics, &plan.sources);
    if output.json {
        output.json(&graph.to_json());
        return ExitCode::SUCCESS;
    }
    output.print(&match arguments.language {
        GraphLanguage::Dot => graph.to_dot(),
        GraphLanguage::Mermaid => graph.to_mermaid(),
    });
    ExitCode::SUCCESS
}
