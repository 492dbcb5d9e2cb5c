//! The arguments of `pkiplan verify`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::plan_argument::PlanArgument;
use crate::cli::unlock::SecretArguments;

#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    pub(in crate::cli) plan: PlanArgument,
    /// Prove these built trees instead of what a build would produce.
    #[arg(long, value_name = "DIR")]
    pub(super) trees: Option<PathBuf>,
    /// Prove this plan, too, and both as one: a connection to a host of the other plan is judged like any other. DIR has
    /// its built trees; with --trees and no DIR, its default trees are proven. Repeatable.
    #[arg(long, value_name = "PLAN[=DIR]", conflicts_with_all = ["base", "fix"])]
    pub(super) with: Vec<String>,
    /// Prove the rollout from this state (a git revision or another plan) in every mixed state, when only some hosts
    /// have changed.
    #[arg(long, alias = "from", value_name = "BASE", conflicts_with = "trees")]
    pub(super) base: Option<String>,
    /// Also prove that everything survives the loss of any one host.
    #[arg(long, conflicts_with = "base")]
    pub(super) any_host_down: bool,
    /// Make a real handshake for every connection instead of one for each kind.
    #[arg(long, conflicts_with = "base")]
    pub(super) exhaustive: bool,
    /// Search for small edits of the plan that fix the findings, and print them as a patch for `git apply`. Each edit is
    /// proven in memory: it must fix a finding and cause no new one. Writes nothing.
    #[arg(long, conflicts_with_all = ["trees", "base"])]
    pub(super) fix: bool,
    /// Print the JSON Schema of `--format json` and exit.
    #[arg(long)]
    pub(in crate::cli) schema: bool,
    /// Prove for this time (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Prove with the real keys, from the secret next to the plan or the one given.
    #[arg(long)]
    pub(super) with_secret: bool,
    #[command(flatten)]
    pub(super) secrets: SecretArguments,
}

impl Verify {
    /// The plan; nothing where none is needed.
    pub(super) fn plan(&self) -> &Path {
        self.plan.path()
    }
}
