//! The command line.

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

/// A declarative PKI plan compiler: one TOML plan becomes the certificates, kubeconfigs, units and
/// configuration of every host.
#[derive(Debug, Parser)]
#[command(name = "pkiplan", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Colours in messages; `NO_COLOR` turns them off, too.
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub(super) color: ColorChoice,
    /// Say only what is wrong.
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// For people, or for machines.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people.
    Text,
    /// JSON for machines.
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a plan and report everything that is wrong with it.
    Check(Check),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The plan.
    #[arg(required_unless_present = "explain")]
    pub(super) plan: Option<PathBuf>,
    /// Explain a message's code, for example `resolve::unknown-authority`.
    #[arg(long, value_name = "CODE")]
    pub(super) explain: Option<String>,
}
