//! What `pkiplan diff` is asked.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::unlock::SecretArguments;
use crate::report::diff::Part;

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The plan.
    #[arg(required_unless_present = "schema")]
    plan: Option<PathBuf>,
    /// What it is compared with: a git revision, a plan, or a folder of trees; else the commit that hosts have, where
    /// `pkiplan applied` has noted it, else HEAD.
    pub(super) base: Option<String>,
    /// End with 2 where anything changes, or may change where only a secret could tell.
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Only this host. With a folder, what lies there is compared: a copy of the host's `/`, or of a folder such as
    /// /etc/kubernetes, a tar file, or `/` itself; may be given several times. ADDRESS is where --live asks the host.
    #[arg(long, value_name = "NAME[=DIR[@ADDRESS]]")]
    pub(super) host: Vec<String>,
    /// Ask servers which certificate they show, by a TLS handshake that sends nothing: those of the hosts that are given,
    /// else of all, at the plan's addresses, or at this one. May be given several times.
    #[arg(long, value_name = "NAME=ADDRESS[:PORT]", num_args = 0..=1, default_missing_value = "")]
    pub(super) live: Vec<String>,
    /// Prove the way between two plans however many hosts there are: whether every connection works before, after, and while
    /// some hosts have changed and others have not. Of a plan of at most 100 hosts that is proven anyway, and its verdict is one
    /// line of the report; of a larger one it takes longer than all the rest, and the line says that it was not proven.
    /// `pkiplan verify PLAN --from BASE` shows what breaks.
    #[arg(long, conflicts_with_all = ["host", "live"])]
    pub(super) prove: bool,
    /// Only a part, with all its lines.
    #[arg(long, value_enum, value_name = "PART")]
    pub(super) only: Option<Part>,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Compare all bytes of trees, with the secret beside the plan or the one that is given.
    #[arg(long)]
    pub(super) with_secret: bool,
    #[command(flatten)]
    pub(super) secrets: SecretArguments,
    /// Print the JSON Schema of what `--format json` prints, and do nothing else.
    #[arg(long)]
    pub(super) schema: bool,
}

impl Diff {
    /// The plan; nothing where none is needed.
    pub(super) fn plan(&self) -> &Path {
        self.plan.as_deref().unwrap_or(Path::new(""))
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
