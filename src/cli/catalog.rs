//! `pkiplan catalog`: lists what the catalog defines.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::complete;
use super::explain::catalog_of;
use super::output::Output;
use crate::read::Bounds;
use crate::report::catalog::{Answer, list, listing, schema, show, to_text};
use crate::workspace::Failure;

#[derive(Debug, Args)]
pub(super) struct Catalog {
    /// Also show what this plan's catalog folder has.
    #[arg(long, global = true, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// Print the JSON Schema of what `--format json` prints, and do nothing else.
    #[arg(long)]
    pub(super) schema: bool,
    #[command(subcommand)]
    pub(super) what: Option<Asked>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Asked {
    /// List components, profiles, layouts and flag tables.
    #[command(after_long_help = "\
Examples:
  pkiplan catalog list
  pkiplan catalog list --plan cluster.toml")]
    List,
    /// Show a component, a profile, a layout or a flag table.
    ///
    /// Of a component: settings with types and defaults, flags that it sets, where it listens, what it connects to,
    /// certificates, bundles, files. `pkiplan catalog show etcd` shows one.
    #[command(after_long_help = "\
Examples:
  pkiplan catalog show high-availability
  pkiplan catalog show --source catalog:units/service.j2:12")]
    Show {
        /// Its name, with its folder where several things have the same one (`flags/etcd`).
        #[arg(required_unless_present = "source", add = ArgValueCompleter::new(complete::definitions))]
        name: Option<String>,
        /// Print a file of the catalog with line numbers. Takes what messages print
        /// (`catalog:components/etcd/component.toml:62`); with a line number, the lines around it.
        #[arg(long, value_name = "FILE[:LINE]", conflicts_with = "name", add = ArgValueCompleter::new(complete::files))]
        source: Option<String>,
    },
}

pub(super) fn run(arguments: &Catalog, bounds: &Bounds, output: &Output) -> ExitCode {
    if arguments.schema {
        output.json(schema());
        return ExitCode::SUCCESS;
    }
    output.end(answer(arguments, bounds).and_then(|answer| {
        if output.json {
            output.json(serde_json::to_value(&answer).map_err(|error| error.to_string())?);
        } else {
            output.print(&to_text(&answer));
        }
        Ok(ExitCode::SUCCESS)
    }))
}

fn answer(arguments: &Catalog, bounds: &Bounds) -> Result<Answer, Failure> {
    let at_hand = catalog_of(arguments.plan.as_deref(), bounds)?;
    match &arguments.what {
        None | Some(Asked::List) => Ok(Answer::List(list(&at_hand))),
        Some(Asked::Show { source: Some(file), .. }) => Ok(listing(&at_hand, file)?),
        Some(Asked::Show { name, .. }) => Ok(show(&at_hand, name.as_deref().unwrap_or_default())?),
    }
}
