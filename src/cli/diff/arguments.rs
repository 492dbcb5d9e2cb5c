//! What `pkiplan diff` is asked.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::unlock::SecretArguments;
use crate::report::diff::Part;

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The plan.
    pub(super) plan: PathBuf,
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
