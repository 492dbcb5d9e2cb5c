//! `pkiplan graph`: prints the dependency graph of a plan.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::expand;
use crate::read::{Bounds, Disk};
use crate::report::{graph_to_dot, graph_to_json, graph_to_mermaid};
use crate::workspace::{Failure, Opened, PlanFiles};

#[derive(Debug, Args)]
pub(super) struct Graph {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// The output language.
    #[arg(long, value_enum, default_value_t = GraphLanguage::Dot)]
    pub(super) language: GraphLanguage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphLanguage {
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
}

pub(super) fn run(arguments: &Graph, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(graph(arguments, bounds, output))
}

fn graph(arguments: &Graph, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::plan_alone(&disk, PlanFiles::of(arguments.plan.path()))?;
    let expanded = opened.expand()?;
    let graph = expand::Graph::of_classes(&expanded.blueprint);
    output.diagnostics(&expanded.diagnostics, opened.sources());
    if output.json {
        output.json(graph_to_json(&graph));
        return Ok(ExitCode::SUCCESS);
    }
    output.print(&match arguments.language {
        GraphLanguage::Dot => graph_to_dot(&graph),
        GraphLanguage::Mermaid => graph_to_mermaid(&graph),
    });
    Ok(ExitCode::SUCCESS)
}
