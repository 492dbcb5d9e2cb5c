//! The command line.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::decide::Generation;
use crate::report::diff::Part;
use crate::values::Duration;

/// A declarative PKI plan compiler: one TOML plan becomes the certificates, kubeconfigs, units and
/// configuration of every host.
#[derive(Debug, Parser)]
#[command(name = "pkiplan", version, max_term_width = 100)]
pub(super) struct Arguments {
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
    /// A comment for a pull request; `diff` alone.
    #[value(hide = true)]
    Markdown,
    /// A page that needs nothing besides; `diff` alone.
    #[value(hide = true)]
    Html,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make the trees of all hosts.
    ///
    /// Beside `cluster.toml` stand `cluster.lock` (the decisions: commit it), `cluster.certs/` (the authorities'
    /// certificates: commit them), `cluster.secret` (from which all keys derive: never commit it) and
    /// `cluster.trees/` (one folder for each host, ready for rsync: never commit it). A first build makes the
    /// secret. Building again changes nothing that the plan does not ask for.
    Build(Build),
    /// Read a plan and report everything that is wrong with it.
    Check(Check),
    /// Tell what changes against another state, and what it costs.
    ///
    /// Certificates, files, restarts, risks. Needs no secret and writes nothing. The plan as it lies on the disk is compared with a base: a git revision (plan, lock, certificates and catalog
    /// folder are read from it), another plan, or a folder of built trees (files and certificates alone).
    /// Beside `text` and `json` it knows `--format markdown`, for a comment, and `--format html`, a page with the
    /// graph of causes.
    Diff(Diff),
    /// Set up git for plans: differences in words, merges of locks, a hook, a workflow.
    Git(super::git::Git),
    /// Draw what issues, embeds, refers to and dials what.
    Graph(Graph),
    /// Take over the authorities and keys of a running cluster.
    ///
    /// Looks through folders like `/etc/kubernetes/pki` or `/etc/kubernetes/ssl`, or takes single files: a certificate
    /// with its key, a key, an EncryptionConfiguration. Certificates go into `cluster.certs/` (commit them), private
    /// keys into `cluster.keys/` (never commit them), and the plan gets the lines that name them. What authorities
    /// have issued is left: the next build issues it anew. Nothing that lies there already is replaced.
    Import(Import),
    /// Tell what a certificate, key, request, bundle or kubeconfig is, never a private byte.
    Inspect(Inspect),
    /// Decide without any secret: write the lock, and make nothing else.
    ///
    /// This is what a review needs: serials, dates and words of every certificate. A build with the secret makes
    /// it true later, and adds fingerprints.
    Lock(Lock),
    /// Give certificates new dates, through the lock: new serials, the same keys. Needs no secret.
    ///
    /// Without ids, all that end within the window, or have ended. Authorities keep their keys, so that what they
    /// issued stays valid. It writes the lock and nothing else; a build makes the certificates.
    Renew(Renew),
    /// Make, seal, open and check the secrets from which keys derive.
    Secret(super::secret::Secret),
    /// Show the resolved plan: every value and where it comes from.
    Show(Show),
    /// Tell when certificates end, and what stops then.
    ///
    /// Needs no secret. Ends with 2 where something ends within the window, with 3 where something has ended.
    Status(Status),
}

#[derive(Debug, Args)]
pub(super) struct Build {
    /// The plan.
    pub(super) plan: PathBuf,
    /// Where the trees go, instead of beside the plan.
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Decide nothing: fail where the lock would have to change. This is what CI runs.
    #[arg(long)]
    pub(super) locked: bool,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Give up a generation of a key at once, `authority.kubernetes/1`, although something hangs on it: its key is
    /// known to others. The plan says so, too; hosts refuse one another until all are changed.
    #[arg(long, value_name = "ID/GENERATION")]
    pub(super) drop_trust: Vec<Generation>,
    /// Call it a success even if certificates of the lock have expired.
    #[arg(long)]
    pub(super) allow_expired: bool,
    #[command(flatten)]
    pub(super) secrets: super::unlock::SecretArguments,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The plan.
    pub(super) plan: PathBuf,
    /// What it is compared with: a git revision, a plan, or a folder of trees.
    #[arg(default_value = "HEAD")]
    pub(super) base: String,
    /// End with 2 where anything changes.
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Only this host.
    #[arg(long, value_name = "NAME")]
    pub(super) host: Option<String>,
    /// Only a part, with all its lines.
    #[arg(long, value_enum, value_name = "PART")]
    pub(super) only: Option<Part>,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
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

#[derive(Debug, Args)]
pub(super) struct Graph {
    /// The plan.
    pub(super) plan: PathBuf,
    /// The language of the drawing.
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

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Folders and files.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The plan that gets the lines.
    #[arg(long)]
    pub(super) plan: PathBuf,
    /// What the files are, where that cannot be told: `authority.NAME` or `keyring.NAME` of the plan.
    #[arg(long = "as", value_name = "TARGET")]
    pub(super) target: Option<String>,
    #[command(flatten)]
    pub(super) unlock: super::unlock::Unlock,
    /// The instant that tells what has expired, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// A file: PEM, DER or a kubeconfig.
    pub(super) file: PathBuf,
    /// Words that are the same on every day, for `git diff`; what is not known comes out as it went in.
    #[arg(long, conflicts_with = "at")]
    pub(super) textconv: bool,
    /// The instant from which days are counted, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

#[derive(Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Lock {
    /// The plan.
    #[arg(required = true)]
    pub(super) plan: Option<PathBuf>,
    /// Write nothing: tell what would change, and end with 1 if anything would.
    #[arg(long)]
    pub(super) check: bool,
    /// Where the trees are, if not beside the plan: no build may run there at the same time.
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Give up a generation of a key at once, as of `build`.
    #[arg(long, value_name = "ID/GENERATION")]
    pub(super) drop_trust: Vec<Generation>,
    #[command(subcommand)]
    pub(super) what: Option<LockWhat>,
}

#[derive(Debug, Subcommand)]
pub(super) enum LockWhat {
    /// Bring two locks together that grew from one, as git's merge driver.
    ///
    /// What one side changed is taken. Of what both changed differently one decision stays; `pkiplan lock PLAN`
    /// keeps it where the merged plan says the same, and decides anew where not. No key that either side gave up
    /// returns. Other programs' `*.lock` are merged line by line, as git does it. `pkiplan git set-up` tells git.
    Merge(Merge),
}

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The lock that both sides began with (git's %O); empty if there was none.
    pub(super) base: PathBuf,
    /// Our lock (git's %A), which becomes the merged one.
    pub(super) ours: PathBuf,
    /// Their lock (git's %B).
    pub(super) theirs: PathBuf,
    /// Decide again from this plan at once. Not for git's driver: the plan is merged after the lock.
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME", requires = "plan")]
    pub(super) at: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Renew {
    /// The plan.
    pub(super) plan: PathBuf,
    /// What to renew, as `status` and the lock name it; `*` stands for anything: `node.master01/*`.
    #[arg(value_name = "ID")]
    pub(super) ids: Vec<String>,
    /// Without ids: what ends within this time. An authority that does is always renewed before what it issues.
    #[arg(long, value_name = "TIME", default_value = "30d")]
    pub(super) within: Duration,
    /// New keys for end entities, too. An authority's new key is a new generation in the plan.
    #[arg(long)]
    pub(super) rekey: bool,
    /// Where the trees are, if not beside the plan: no build may run there at the same time.
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The plan.
    pub(super) plan: PathBuf,
    #[command(subcommand)]
    pub(super) what: Option<Shown>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Shown {
    /// One certificate: subject, names and why they stand there, authority, validity, where it lies.
    Certificate {
        /// Its id, for example `node.master01/kubelet-client`.
        id: String,
    },
    /// One component: its nodes, version, settings and flags.
    Component {
        /// Its name.
        name: String,
    },
    /// One node: addresses, roles, components, files.
    Node {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// The plan.
    pub(super) plan: PathBuf,
    /// The window: what ends within this time is due.
    #[arg(long, value_name = "TIME", default_value = "30d")]
    pub(super) within: Duration,
    /// Every certificate in a row of its own; in JSON every host's name.
    #[arg(long)]
    pub(super) all: bool,
    /// OpenMetrics text: for every certificate the second in which it ends.
    #[arg(long, conflicts_with = "format")]
    pub(super) openmetrics: bool,
    /// The instant from which days are counted, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
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
