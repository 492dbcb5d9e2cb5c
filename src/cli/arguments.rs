//! The arguments of the command line, and the list of commands.

use std::path::Path;

use clap::{Parser, Subcommand};

use super::applied::Applied;
use super::build::Build;
use super::catalog::Catalog;
use super::check::Check;
use super::diff::Diff;
use super::explain::Explain;
use super::git::Git;
use super::global::Global;
use super::graph::Graph;
use super::import::Import;
use super::init::Init;
use super::inspect::Inspect;
use super::join::Join;
use super::lint::Lint;
use super::lock::Lock;
use super::plan_argument::settle_named;
use super::renew::Renew;
use super::report::Report;
use super::schema::Schema;
use super::secret::Secret;
use super::show::Show;
use super::status::Status;
use super::verify::Verify;

/// Compile one TOML plan of a cluster into the certificates, kubeconfigs, systemd units and configuration files of
/// every host.
#[derive(Debug, Parser)]
#[command(name = "pkiplan", version, max_term_width = 100, after_long_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const AFTER: &str = "\
Examples:
  pkiplan check cluster.toml           report every error in a plan
  pkiplan build cluster.toml           write cluster.trees/, one folder for each host
  pkiplan diff cluster.toml HEAD       show what the change since the last commit costs
  pkiplan verify cluster.toml          prove every TLS connection before a rollout
  pkiplan status cluster.toml          show which certificates expire, and what breaks then

Exit codes: 0 success; 1 an error; 2 something expires soon (status), changes (diff --exit-code) or is wrong (lint);
3 something has expired or is not valid yet (status, build).";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Record which hosts have been rolled out.
    ///
    /// Writes `cluster.applied` next to the plan (commit it). Once this file exists, pkiplan refuses a step of a key
    /// rotation until the step before it has reached every host. It drops an old key only after you confirm that nothing
    /// uses it any more (`[confirmed]`).
    #[command(after_long_help = "\
Examples:
  pkiplan applied cluster.toml                      all hosts have what the lock says
  pkiplan applied cluster.toml master01             only this host has it")]
    Applied(Applied),
    /// Build the directory trees of all hosts.
    ///
    /// Files next to `cluster.toml`: `cluster.lock` (serial numbers and dates; commit it), `cluster.certs/` (CA
    /// certificates; commit them), `cluster.secret` (all private keys derive from it; never commit it) and
    /// `cluster.trees/` (one directory for each host, ready for rsync; never commit it). The first build creates the
    /// secret. A later build changes only what the plan asks for.
    #[command(after_long_help = "\
Examples:
  pkiplan build cluster.toml
  pkiplan build cluster.toml --locked               in CI: fail if the lock would change
  pkiplan build cluster.toml --secret-command 'pass show pki'

Exit codes: 0 success; 1 an error, nothing was written; 3 built, but something has expired or is not valid yet.")]
    Build(Build),
    /// Show the catalog: components with their settings, profiles, layouts, flag tables.
    ///
    /// The built-in catalog, with `--plan` also what the plan's catalog folder has. `pkiplan catalog show etcd` shows a component.
    #[command(after_long_help = "\
Examples:
  pkiplan catalog
  pkiplan catalog show high-availability
  pkiplan catalog show --source catalog:units/service.j2:12")]
    Catalog(Catalog),
    /// Report all errors and warnings of a plan.
    #[command(after_long_help = "\
Examples:
  pkiplan check cluster.toml
  pkiplan check prod                                the plan in the directory prod

Exit codes: 0 no errors; 1 errors.")]
    Check(Check),
    /// Show what changes, why, and what the change costs a running cluster.
    ///
    /// Reports certificates, files, restarts and risks. Needs no secret and writes nothing. Compares the plan on disk
    /// with a git revision (plan, lock, certificates and catalog are read from it), with another plan, or with built trees
    /// (files and certificates only). `--host NAME=DIR` compares it with files copied from hosts, `--live` with the
    /// certificates that servers present.
    /// Formats: `text`, `json`, `markdown` (a comment for a pull request) and `html` (one page with the graph of causes).
    #[command(after_long_help = "\
Examples:
  pkiplan diff cluster.toml                         against the commit that the hosts have, or HEAD
  pkiplan diff cluster.toml origin/main --format markdown
  pkiplan diff cluster.toml --host master01=copies/master01
  pkiplan diff cluster.toml --live

Exit codes: 0 success; 1 an error; 2 with --exit-code: something changes.")]
    Diff(Diff),
    /// Explain a code, a key, a component, a setting or a term.
    ///
    /// Codes of messages and findings, keys of plans and of catalog files with type, default and meaning, components and
    /// their settings and flags (`pkiplan explain kubelet.identity`), terms of the glossary.
    #[command(after_long_help = "\
Examples:
  pkiplan explain resolve::no-endpoint
  pkiplan explain cluster.endpoint
  pkiplan explain certificate.NAME
  pkiplan explain selector")]
    Explain(Explain),
    /// Set up git: readable diffs, merging of locks, a pre-commit hook, a CI workflow.
    #[command(after_long_help = "\
Examples:
  pkiplan git set-up --hook
  pkiplan git check --all")]
    Git(Git),
    /// Draw the dependency graph (Graphviz or Mermaid).
    #[command(after_long_help = "\
Examples:
  pkiplan graph cluster.toml | dot -Tsvg > graph.svg
  pkiplan graph cluster.toml --language mermaid")]
    Graph(Graph),
    /// Adopt the CAs and keys of a running cluster.
    ///
    /// Reads directories such as `/etc/kubernetes/pki` or `/etc/kubernetes/ssl`, or single files: a certificate
    /// with its key, a key, an EncryptionConfiguration. Certificates go to `cluster.certs/` (commit them), private
    /// keys to `cluster.keys/` (never commit them), and the plan gets the lines that name them. Leaf certificates are
    /// skipped: the next build reissues them. Existing files are never replaced.
    #[command(after_long_help = "\
Examples:
  pkiplan import /etc/kubernetes/pki --plan cluster.toml
  pkiplan import company-root.crt --as authority.root --plan cluster.toml")]
    Import(Import),
    /// Write a first plan, with comments that explain it.
    ///
    /// On a terminal, it asks for what the options do not say; otherwise the options have to say all it needs. The plan is checked
    /// before it is written, and no file is replaced. Lines in `.gitignore` and `.gitattributes` keep private keys out of
    /// git. `--from kubeadm-config` and `--nodes` take over what a running cluster says of itself.
    #[command(after_long_help = "\
Examples:
  pkiplan init
  pkiplan init --control-plane solo=10.0.0.11
  pkiplan init prod --control-plane 'master{01..03}=10.0.0.11' --vip 10.0.0.100 --interface eth0
  pkiplan init --from kubeadm-config kubeadm.yaml --nodes nodes.json")]
    Init(Init),
    /// Describe a certificate, key, request, bundle or kubeconfig; never prints a private key.
    #[command(after_long_help = "\
Examples:
  pkiplan inspect server.crt
  pkiplan inspect ~/.kube/config")]
    Inspect(Inspect),
    /// Create a bootstrap token for one joining node.
    ///
    /// The token is random and is in neither the lock nor the trees. Standard output gets its Secret for `kubectl apply`
    /// and the node's bootstrap kubeconfig, or with `--kubeadm` the `kubeadm join` command as a comment. Nothing
    /// is written to disk without `--output`. Needs no secret, only the plan and `cluster.certs/`. `[bootstrap]` in the plan
    /// sets the groups of such nodes. `kubeadm join` also reads the ConfigMaps that
    /// `kubeadm init phase upload-config all` creates.
    #[command(after_long_help = "\
Examples:
  pkiplan join cluster.toml node03 --ttl 1h
  pkiplan join cluster.toml node03 --kubeadm")]
    Join(Join),
    /// Find mistakes in existing certificates, keys and kubeconfigs; needs no plan.
    ///
    /// Reads certificates, bundles, keys, kubeconfigs, API server configuration, OpenSSL and cfssl configuration, each
    /// by itself and all together; directories such as `/etc/kubernetes` recursively.
    /// `pkiplan explain CODE` explains each message.
    #[command(after_long_help = "\
Examples:
  pkiplan lint /etc/kubernetes
  pkiplan lint --host master01=copies/master01 --host master02=copies/master02

Exit codes: 0 no findings; 1 warnings; 2 errors.")]
    Lint(Lint),
    /// Update the lock only (no secret needed).
    ///
    /// Decides serial numbers, dates and contents of all certificates, so that a reviewer can see them before anyone
    /// uses the secret. A later build issues the certificates and adds their fingerprints.
    #[command(after_long_help = "\
Examples:
  pkiplan lock cluster.toml
  pkiplan lock cluster.toml --check                 exit with 1 if the lock would change")]
    Lock(Lock),
    /// Renew certificates and tokens in the lock (no secret needed).
    ///
    /// Certificates get new serial numbers and dates and keep their keys. A bootstrap token gets a new id and
    /// secret, unless the plan sets its generation. Without ids, everything that expires within the window or has
    /// expired is renewed. CAs keep their keys, so what they issued stays valid. Only the lock is written; run
    /// `build` afterwards.
    #[command(after_long_help = "\
Examples:
  pkiplan renew cluster.toml                        whatever expires within 30 days
  pkiplan renew cluster.toml 'node.master01/*' user.admin
  pkiplan renew cluster.toml keyring.bootstrap")]
    Renew(Renew),
    /// Show the whole plan as one page for a browser: connections, CAs, dates, hosts, certificates.
    ///
    /// One HTML file that loads nothing, contains nothing private and needs no secret; also for thousands of hosts.
    #[command(after_long_help = "\
Examples:
  pkiplan report cluster.toml > report.html
  pkiplan report cluster.toml --output report.html")]
    Report(Report),
    /// Print the JSON Schema of plans or of catalog files, for editors.
    ///
    /// Write it to a file next to the plan, and `#:schema ./FILE` as the first line of the plan. Editors with Taplo (VS Code
    /// with Even Better TOML, Helix, Neovim) then complete keys, components, settings and flags, and mark mistakes.
    #[command(after_long_help = "\
Examples:
  pkiplan schema --plan cluster.toml > cluster.schema.json
  pkiplan schema --catalog component > component.schema.json")]
    Schema(Schema),
    /// Create, seal, open and check the secrets that private keys derive from.
    #[command(after_long_help = "\
Examples:
  pkiplan secret check backup.secret --plan cluster.toml
  pkiplan secret seal cluster.secret --recipients-file team.pub --identity ~/.ssh/id_ed25519 --remove")]
    Secret(Secret),
    /// Show the resolved plan: every value and where it comes from.
    #[command(after_long_help = "\
Examples:
  pkiplan show cluster.toml node master01
  pkiplan show cluster.toml certificate node.master01/kube-apiserver-serving")]
    Show(Show),
    /// Show which certificates and tokens expire when, and what breaks then.
    ///
    /// Needs no secret.
    #[command(after_long_help = "\
Examples:
  pkiplan status cluster.toml --within 90d
  pkiplan status cluster.toml --openmetrics         for Prometheus

Exit codes: 0 nothing expires within the window; 1 an error; 2 something expires within it; 3 something has expired or is \
not valid yet.")]
    Status(Status),
    /// Prove every TLS connection before a rollout.
    ///
    /// Reads each host as its programs do (who connects to whom, which certificate is presented, which CAs are
    /// trusted) and judges every pair as Go's TLS does, or as OpenSSL does where a program uses OpenSSL. Without
    /// `--with-secret` it uses a throw-away secret. Writes nothing.
    #[command(after_long_help = "\
Examples:
  pkiplan verify cluster.toml
  pkiplan verify cluster.toml --base HEAD           every mixed state during the rollout
  pkiplan verify cluster.toml --any-host-down
  pkiplan verify cluster.toml --fix | git apply

Exit codes: 0 everything holds; 1 something does not, or an error.")]
    Verify(Verify),
}

impl Command {
    /// The plan that it is about, once that is settled; none where it takes none.
    pub(super) fn plan(&self) -> Option<&Path> {
        match self {
            Command::Applied(applied) => Some(applied.plan.path()),
            Command::Build(build) => Some(build.plan.path()),
            Command::Check(check) if check.explain.is_none() => Some(check.plan.path()),
            Command::Diff(diff) if !diff.schema => Some(diff.plan.path()),
            Command::Graph(graph) => Some(graph.plan.path()),
            Command::Import(import) => Some(import.plan.path()),
            Command::Join(join) => Some(join.plan.path()),
            Command::Lint(lint) => lint.plan.as_deref(),
            Command::Lock(lock) => lock.plan_path(),
            Command::Renew(renew) => Some(renew.plan.path()),
            Command::Report(report) => Some(report.plan.path()),
            Command::Secret(secret) => secret.plan(),
            Command::Show(show) => Some(show.plan.path()),
            Command::Status(status) => Some(status.plan.path()),
            Command::Verify(verify) if !verify.schema => Some(verify.plan.path()),
            _ => None,
        }
    }

    /// Finds the plan of each command that takes one, however it takes it.
    ///
    /// # Errors
    /// There is no plan, or it is not clear which one is meant.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        match self {
            Command::Applied(applied) => applied.plan.settle_before(&mut applied.hosts),
            Command::Build(build) => build.plan.settle(),
            Command::Catalog(catalog) => settle_named(&mut catalog.plan),
            Command::Check(check) if check.explain.is_none() => check.plan.settle(),
            Command::Diff(diff) if !diff.schema => diff.plan.settle_before_one(&mut diff.base),
            Command::Explain(explain) => settle_named(&mut explain.plan),
            Command::Graph(graph) => graph.plan.settle(),
            Command::Import(import) => import.plan.settle(),
            Command::Join(join) => join.plan.settle_before_one(&mut join.node),
            Command::Lint(lint) => settle_named(&mut lint.plan),
            Command::Lock(lock) => lock.settle(),
            Command::Renew(renew) => renew.plan.settle_before(&mut renew.ids),
            Command::Report(report) => report.plan.settle(),
            Command::Schema(schema) => settle_named(&mut schema.plan),
            Command::Secret(secret) => secret.settle(),
            Command::Show(show) => show.plan.settle(),
            Command::Status(status) => status.plan.settle(),
            Command::Verify(verify) if !verify.schema => verify.plan.settle(),
            Command::Check(_)
            | Command::Diff(_)
            | Command::Git(_)
            | Command::Init(_)
            | Command::Inspect(_)
            | Command::Verify(_) => Ok(()),
        }
    }
}
