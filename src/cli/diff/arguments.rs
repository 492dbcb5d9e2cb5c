//! The arguments of `pkiplan diff`.

use std::path::Path;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::cli::complete;
use crate::cli::plan_argument::PlanArgument;
use crate::cli::unlock::SecretArguments;
use crate::report::diff::Part;

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    #[command(flatten)]
    pub(in crate::cli) plan: PlanArgument,
    /// What to compare with: a git revision, a plan, or built trees. Default: the commit that the hosts have, if
    /// `pkiplan applied` has recorded it, else HEAD.
    pub(in crate::cli) base: Option<String>,
    /// Exit with 2 if anything changes, or may change where only the secret could show it.
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Compare with this host's files: DIR is a copy of the host's `/` or of a directory such as /etc/kubernetes, a tar
    /// file, or `/` itself. ADDRESS is where --live reaches the host. NAME alone: report only this host. Repeatable.
    #[arg(long, value_name = "NAME=DIR[@ADDRESS]", add = ArgValueCompleter::new(complete::hosts))]
    pub(super) host: Vec<String>,
    /// Compare with the certificates that servers present, by a TLS handshake that sends nothing: the servers of the
    /// hosts given with --host, else of all, at the plan's addresses or at this one. Repeatable.
    #[arg(long, value_name = "NAME=ADDRESS[:PORT]", num_args = 0..=1, default_missing_value = "", add = ArgValueCompleter::new(complete::hosts))]
    pub(super) live: Vec<String>,
    /// Prove the rollout also for more than 100 hosts, where it takes longer than the rest of the report: whether every
    /// connection works before, after, and while only some hosts have changed. Up to 100 hosts this is always proven.
    /// `pkiplan verify PLAN --base BASE` shows what breaks.
    #[arg(long, conflicts_with_all = ["host", "live"])]
    pub(super) prove: bool,
    /// Print only one part, with all its lines.
    #[arg(long, value_enum, value_name = "PART")]
    pub(super) only: Option<Part>,
    /// The time of issue of new certificates (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Compare every byte of trees, with the secret next to the plan or the one given.
    #[arg(long)]
    pub(super) with_secret: bool,
    #[command(flatten)]
    pub(super) secrets: SecretArguments,
    /// Print the JSON Schema of `--format json` and exit.
    #[arg(long)]
    pub(in crate::cli) schema: bool,
}

impl Diff {
    /// The plan; nothing where none is needed.
    pub(super) fn plan(&self) -> &Path {
        self.plan.path()
    }
}

impl ValueEnum for Part {
    fn value_variants<'a>() -> &'a [Self] {
        &[Part::Certificates, Part::Files, Part::Impact]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Part::Certificates => {
                ("certificates", "What is issued, reissued, renewed, rekeyed, removed, and trust and keys")
            }
            Part::Files => ("files", "Files of hosts, line by line"),
            Part::Impact => ("impact", "Restarts in their order, and risks"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}
