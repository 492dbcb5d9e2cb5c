//! `pkiplan show`: explains values of a plan and where they come from.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::complete;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::read::{Bounds, Disk};
use crate::report::show::{Nothing, certificate, component, node, overview};
use crate::report::{sections_to_json, sections_to_text};
use crate::workspace::{Failure, Opened, PlanFiles};

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    #[command(subcommand)]
    pub(super) what: Option<Shown>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Shown {
    /// One certificate: subject, SANs and where each comes from, CA, validity, where it is installed.
    #[command(after_long_help = "\
Examples:
  pkiplan show cluster.toml certificate user.admin")]
    Certificate {
        /// Its id, for example `node.master01/kubelet-client`.
        #[arg(add = ArgValueCompleter::new(complete::certificates))]
        id: String,
    },
    /// One component: its nodes, version, settings and flags.
    ///
    /// Example: `pkiplan show cluster.toml component etcd`
    Component {
        /// Its name.
        #[arg(add = ArgValueCompleter::new(complete::components))]
        name: String,
    },
    /// One node: addresses, roles, components, files.
    #[command(after_long_help = "\
Examples:
  pkiplan show cluster.toml node master01")]
    Node {
        /// Its name.
        #[arg(add = ArgValueCompleter::new(complete::hosts))]
        name: String,
    },
}

pub(super) fn run(arguments: &Show, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(show(arguments, bounds, output))
}

fn show(arguments: &Show, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::plan_alone(&disk, PlanFiles::of(arguments.plan.path()))?;
    let expanded = opened.expand()?;
    output.diagnostics(&expanded.diagnostics, opened.sources());
    let sections = match &arguments.what {
        None => Ok(overview(&expanded.blueprint)),
        Some(Shown::Certificate { id }) => certificate(&expanded.blueprint, id),
        Some(Shown::Component { name }) => component(&expanded.blueprint, name),
        Some(Shown::Node { name }) => node(&expanded.blueprint, name),
    };
    match sections {
        Ok(sections) if output.json => output.json(sections_to_json(&sections)),
        Ok(sections) => output.print(&sections_to_text(&sections)),
        Err(Nothing::Unknown(message)) => return Err(message.into()),
        Err(Nothing::Diagnostics(failures)) => return Err(expanded.refuse(failures)),
    }
    Ok(ExitCode::SUCCESS)
}
