//! The command line.

use clap::{Parser, Subcommand};

use super::applied::Applied;
use super::build::Build;
use super::check::Check;
use super::diff::Diff;
use super::git::Git;
use super::global::Global;
use super::graph::Graph;
use super::import::Import;
use super::inspect::Inspect;
use super::join::Join;
use super::lint::Lint;
use super::lock::Lock;
use super::renew::Renew;
use super::secret::Secret;
use super::show::Show;
use super::status::Status;
use super::verify::Verify;

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

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Note which hosts have what the lock says.
    ///
    /// Writes `cluster.applied` beside the plan (commit it). Where it stands, a step of a rotation is refused until the
    /// step before it has reached every host, and a generation is dropped only once people have confirmed that nothing
    /// goes by it any more (`[confirmed]`).
    Applied(Applied),
    /// Make the trees of all hosts.
    ///
    /// Beside `cluster.toml` stand `cluster.lock` (the decisions: commit it), `cluster.certs/` (the authorities'
    /// certificates: commit them), `cluster.secret` (from which all keys derive: never commit it) and
    /// `cluster.trees/` (one folder for each host, ready for rsync: never commit it). A first build makes the
    /// secret. Building again changes nothing that the plan does not ask for.
    Build(Build),
    /// Read a plan and report everything that is wrong with it.
    Check(Check),
    /// Report what changes against another state, and what it costs.
    ///
    /// Certificates, files, restarts, risks. Needs no secret and writes nothing. The plan as it lies on the disk is compared with a base: a git revision (plan, lock, certificates and catalog
    /// folder are read from it), another plan, or a folder of built trees (files and certificates alone). With `--host NAME=DIR` it is compared with what
    /// lies on hosts, and with `--live` with what they serve.
    /// Beside `text` and `json` it knows `--format markdown`, for a comment, and `--format html`, a page with the
    /// graph of causes.
    Diff(Diff),
    /// Set up git for plans: differences in words, merges of locks, a hook, a workflow.
    Git(Git),
    /// Draw what issues, embeds, refers to and dials what.
    Graph(Graph),
    /// Take over the authorities and keys of a running cluster.
    ///
    /// Looks through folders like `/etc/kubernetes/pki` or `/etc/kubernetes/ssl`, or takes single files: a certificate
    /// with its key, a key, an EncryptionConfiguration. Certificates go into `cluster.certs/` (commit them), private
    /// keys into `cluster.keys/` (never commit them), and the plan gets the lines that name them. What authorities
    /// have issued is left: the next build issues it anew. Nothing that lies there already is replaced.
    Import(Import),
    /// Report what a certificate, key, request, bundle or kubeconfig is, never a private byte.
    Inspect(Inspect),
    /// Let one node join, with a random token that neither lock nor trees have.
    ///
    /// Standard output gets the token, because that is what it is for: its Secret for `kubectl apply`, and the node's
    /// bootstrap kubeconfig, or with `--kubeadm` the command that is run there, as a comment. Nothing is written to
    /// disk unless `--out` says where. It needs no secret of the plan, and the certificates beside the lock. The plan
    /// says with `[bootstrap]` in which groups such nodes are. `kubeadm join` also reads the ConfigMaps that
    /// `kubeadm init phase upload-config all` makes.
    Join(Join),
    /// Report what is wrong with files that others made.
    ///
    /// Certificates, bundles, keys, kubeconfigs, configuration of the API server, of OpenSSL and of cfssl, each by itself
    /// and all together; folders such as `/etc/kubernetes` with everything below them. Needs no plan. Ends with 1 where
    /// there are warnings, with 2 where there are errors. `pkiplan check --explain CODE` explains each.
    Lint(Lint),
    /// Decide without any secret: write the lock, and make nothing else.
    ///
    /// This is what a review needs: serials, dates and words of every certificate. A build with the secret makes
    /// it true later, and adds fingerprints.
    Lock(Lock),
    /// Give certificates new dates and replace tokens, through the lock. Needs no secret.
    ///
    /// Certificates get new serials and keep their keys. A bootstrap token becomes another one, with another id and
    /// secret, unless the plan decides its generation. Without ids, all that end within the window, or have ended.
    /// Authorities keep their keys, so that what they issued stays valid. It writes the lock and nothing else; a
    /// build makes the rest.
    Renew(Renew),
    /// Make, seal, open and check the secrets from which keys derive.
    Secret(Secret),
    /// Show the resolved plan: every value and where it comes from.
    Show(Show),
    /// Report when certificates and tokens end, and what stops then.
    ///
    /// Needs no secret. Ends with 2 where something ends within the window, with 3 where something has ended or is
    /// not valid yet.
    Status(Status),
    /// Prove every connection before anything is rolled out.
    ///
    /// Reads each host as its programs will: who connects to whom, which certificate is presented, which authorities are
    /// trusted, and judges every pair as Go's TLS does (or as OpenSSL does, where a program uses that). Without `--with-secret` it proves with
    /// a throw-away secret and writes nothing. Ends with 1 where something does not hold.
    Verify(Verify),
}
