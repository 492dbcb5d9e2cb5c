//! The command line of `pkiplan verify`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::unlock::SecretArguments;

#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    /// The plan.
    #[arg(required_unless_present = "schema")]
    plan: Option<PathBuf>,
    /// Prove what lies in this folder of trees, instead of what a build would make.
    #[arg(long, value_name = "DIR")]
    pub(super) trees: Option<PathBuf>,
    /// Prove the rollout from this state: a git revision, or another plan. Every mixed state that the waves pass through
    /// is proven, where some hosts have changed and others have not.
    #[arg(long, value_name = "BASE", conflicts_with = "trees")]
    pub(super) from: Option<String>,
    /// Ask, too, whether everything survives the loss of any one host.
    #[arg(long, conflicts_with = "from")]
    pub(super) any_host_down: bool,
    /// Make a real handshake for every connection, instead of one for each kind.
    #[arg(long, conflicts_with = "from")]
    pub(super) exhaustive: bool,
    /// Look for small edits of the plan that mend what is wrong, and print them as a patch that `git apply` takes. Each is tried in
    /// memory: the plan is made and proven again, and an edit is taken that mends a finding and brings nothing new. Nothing
    /// is written.
    #[arg(long, conflicts_with_all = ["trees", "from"])]
    pub(super) fix: bool,
    /// Print the JSON Schema of what `--format json` prints, and do nothing else.
    #[arg(long)]
    pub(super) schema: bool,
    /// The time for which it is proven, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Prove with the real keys: with the secret beside the plan, or the one that is given.
    #[arg(long)]
    pub(super) with_secret: bool,
    #[command(flatten)]
    pub(super) secrets: SecretArguments,
}

impl Verify {
    /// The plan; nothing where none is needed.
    pub(super) fn plan(&self) -> &Path {
        self.plan.as_deref().unwrap_or(Path::new(""))
    }
}
