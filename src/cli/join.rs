//! `pkiplan join`: prints what one node needs to join, with a token that is in neither the lock nor the trees.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;
use zeroize::Zeroizing;

use super::clock;
use super::complete;
use super::next;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::diagnostics::{Code, Diagnostic};
use crate::fill;
use crate::kubernetes::{BootstrapGroup, JoinToken};
use crate::read::{Bounds, Disk};
use crate::render::{self, Joining};
use crate::resolve::{KeyringKind, NodeIndex};
use crate::specification::CertificateIndex;
use crate::stored::Stored;
use crate::values::Duration;
use crate::workspace::{Expanded, Failure, Opened, PlanFiles, authority_certificate};
use crate::write::{make_private_directory, write_new_secret};

/// Room for what is printed, so that nothing of it is left behind where a buffer grew.
const ROOM: usize = 1 << 20;

#[derive(Debug, Args)]
pub(super) struct Join {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// The joining node.
    #[arg(value_name = "NODE", add = ArgValueCompleter::new(complete::hosts))]
    pub(super) node: Option<String>,
    /// The token's lifetime.
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    ttl: Duration,
    /// Print the `kubeadm join` command instead of the bootstrap kubeconfig.
    #[arg(long)]
    kubeadm: bool,
    /// Write files (mode 0600) to this directory instead of printing the token to standard output.
    #[arg(long, short, alias = "out", value_name = "PATH")]
    output: Option<PathBuf>,
    /// The start of the token's lifetime (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(arguments: &Join, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(join(arguments, bounds, output))
}

fn join(arguments: &Join, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let Some(name) = arguments.node.as_deref() else {
        return Err(unnamed(arguments.plan.path()).into());
    };
    let not_after = clock::at(arguments.at.as_deref())?.plus(arguments.ttl);
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(arguments.plan.path()))?;
    let expanded = opened.expand()?.sound()?;
    let groups = groups(&expanded)?;
    let joining = kubeconfig(&expanded, opened.node(name)?)?;
    let token = clock::join_token()?;
    let made = JoinToken { token: &token, groups, not_after, node: name };
    let certificate = |position: CertificateIndex| authority_certificate(&expanded, position);
    let means = if arguments.kubeadm {
        let trusted: Result<Vec<Stored>, Failure> = joining.trusted.iter().map(|&i| certificate(i)).collect();
        let pins: Vec<[u8; 32]> = trusted?.iter().map(Stored::key_sha256).collect();
        Means::Command(made.command(&joining.server, &pins))
    } else {
        Means::Kubeconfig(fill::joining(&joining.pieces, &token, certificate)?, joining.path)
    };
    output.diagnostics(&expanded.diagnostics, opened.sources());
    let report = Report { node: name, end: not_after.to_string(), secret: made.secret(), means };
    match &arguments.output {
        Some(folder) => report.write(folder, output),
        None if output.json => report.json(output),
        None => report.print(output),
    }
}

fn unnamed(plan: &Path) -> String {
    format!("name the joining node: `pkiplan join {} NODE`", plan.display())
}

/// The groups of who joins: the policy's, or those of the keyring of bootstrap tokens.
fn groups<'a>(expanded: &'a Expanded<'_>) -> Result<&'a [BootstrapGroup], Failure> {
    let model = expanded.blueprint.model;
    if let Some(bootstrap) = &model.bootstrap {
        return Ok(&bootstrap.groups);
    }
    let of_keyring = model.keyrings.values().find_map(|keyring| match &keyring.kind {
        KeyringKind::BootstrapToken(token) => Some(token.groups.as_slice()),
        _ => None,
    });
    of_keyring.ok_or_else(|| {
        let message = "the plan has no `[bootstrap]` table, so no node can join with a token";
        let help = "add `[bootstrap]` with `groups = [\"system:bootstrappers:NAME\"]` to the plan, build, and apply `cluster/`";
        expanded.refuse([Diagnostic::new(Code::MissingKey, message).help(help)])
    })
}

/// The kubeconfig with which the node asks for its certificate.
fn kubeconfig(expanded: &Expanded<'_>, node: NodeIndex) -> Result<Joining, Failure> {
    let found = render::joining(&expanded.blueprint, node).map_err(|failure| expanded.refuse([failure]))?;
    let name = &expanded.blueprint.model.nodes[node].name;
    found.into_iter().next().ok_or_else(|| {
        format!("`{name}` does not request certificates: its tree already has them, or no component on it joins a cluster").into()
    })
}

/// How the node shows the token.
enum Means {
    /// `kubeadm join`.
    Command(Zeroizing<String>),
    /// A bootstrap kubeconfig, and where it lies.
    Kubeconfig(Zeroizing<String>, String),
}

/// What is reported.
struct Report<'a> {
    node: &'a str,
    end: String,
    secret: Zeroizing<String>,
    means: Means,
}

/// The same for machines.
#[derive(Serialize)]
struct Answer<'a> {
    node: &'a str,
    not_after: &'a str,
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubeconfig: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

impl Report<'_> {
    /// A stream of YAML, in which a command is a comment.
    fn print(&self, output: &Output) -> Result<ExitCode, Failure> {
        let Report { node, end, .. } = self;
        let mut text = Zeroizing::new(String::with_capacity(ROOM));
        text.push_str(&format!(
            "# Apply to the cluster as an administrator: kubectl apply -f FILE. Valid until {end}.\n"
        ));
        text.push_str(&self.secret);
        match &self.means {
            Means::Command(command) => {
                text.push_str(&format!("# On {node}, as root:\n# "));
                text.push_str(command);
                text.push('\n');
            }
            Means::Kubeconfig(kubeconfig, path) => {
                text.push_str(&format!("---\n# On {node}: {path}, mode 0600.\n"));
                text.push_str(kubeconfig);
            }
        }
        sent(output, text.as_bytes())
    }

    fn json(&self, output: &Output) -> Result<ExitCode, Failure> {
        let (command, kubeconfig, path) = match &self.means {
            Means::Command(command) => (Some(command.as_str()), None, None),
            Means::Kubeconfig(kubeconfig, path) => (None, Some(kubeconfig.as_str()), Some(path.as_str())),
        };
        let (node, not_after, secret) = (self.node, &*self.end, &**self.secret);
        let answer = Answer { node, not_after, secret, command, kubeconfig, path };
        let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer_pretty(&mut *text, &answer).map_err(|error| error.to_string())?;
        text.push(b'\n');
        sent(output, &text)
    }

    fn write(&self, folder: &Path, output: &Output) -> Result<ExitCode, Failure> {
        let secret = folder.join("secret.yaml");
        let (file, text, goes) = match &self.means {
            Means::Command(command) => {
                let file = folder.join("join.sh");
                let goes = format!("run {} on {}", file.display(), self.node);
                (file, command, goes)
            }
            Means::Kubeconfig(kubeconfig, path) => {
                let file = folder.join("kubeconfig");
                let goes = format!("copy {} to {}: {path}", file.display(), self.node);
                (file, kubeconfig, goes)
            }
        };
        make_private_directory(folder).map_err(|error| error.to_string())?;
        for (path, text) in [(&secret, &self.secret), (&file, text)] {
            write_new_secret(path, text.as_bytes()).map_err(|error| error.to_string())?;
        }
        output.say(&format!("{goes}\nvalid until {}\n", self.end));
        output.next(&format!("kubectl apply -f {}", next::file(&secret)));
        Ok(ExitCode::SUCCESS)
    }
}

/// Standard output has the token by design.
fn sent(output: &Output, bytes: &[u8]) -> Result<ExitCode, Failure> {
    output.secret(bytes).map_err(|error| format!("cannot write to standard output: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
