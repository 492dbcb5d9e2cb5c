//! `pkiplan secret`: creates, seals, opens, checks and shares secrets.

mod check;
mod new;
mod open;
mod seal;
mod sealing;
mod share;

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::Output;
use super::plan_argument::settle_named;
use crate::read::Bounds;
use check::CheckSecret;
use new::New;
use open::Open;
use seal::Seal;
use share::Share;

#[derive(Debug, Args)]
pub(super) struct Secret {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that a secret, such as a backup, matches a plan.
    ///
    /// With `--plan`, compares the secret with the plan's lock, derives the public keys of CAs and key pairs again and
    /// compares them with the recorded ones.
    #[command(after_long_help = "\
Examples:
  pkiplan secret check backup.secret
  pkiplan secret check backup.secret --plan cluster.toml")]
    Check(CheckSecret),
    /// Create a secret next to a plan. Never replaces one that exists or that the lock was made with.
    ///
    /// With `--epoch`, replaces a leaked secret: set the same `epoch` in `[secret.NAME]` of the plan. With the next build,
    /// the keys of hosts and users derive from the new secret; those of CAs and keyrings do with their next generation.
    #[command(after_long_help = "\
Examples:
  pkiplan secret new cluster.toml
  pkiplan secret new cluster.toml --name offline --recipients-file team.pub
  pkiplan secret new cluster.toml --epoch 2")]
    New(New),
    /// Print the contents of a sealed file. This is the only command that prints a secret.
    #[command(after_long_help = "\
Examples:
  pkiplan secret open cluster.secret.age --identity ~/.ssh/id_ed25519")]
    Open(Open),
    /// Encrypt a secret or a private key to an age file, `FILE.age`, which you may commit.
    ///
    /// The private key of any recipient, or the passphrase, opens it.
    #[command(after_long_help = "\
Examples:
  pkiplan secret seal cluster.secret --recipients-file team.pub --identity ~/.ssh/id_ed25519 --remove
  pkiplan secret seal cluster.secret --passphrase")]
    Seal(Seal),
    /// Allow a second plan to use a secret.
    ///
    /// A secret belongs to the lock that it was first built with; every other plan refuses it, because CAs and
    /// administrators with equal names would get equal keys in both clusters.
    #[command(after_long_help = "\
Examples:
  pkiplan lock staging.toml
  pkiplan secret share cluster.secret --plan staging.toml")]
    Share(Share),
}

impl Secret {
    /// The plan, if there is one.
    pub(super) fn plan(&self) -> Option<&Path> {
        match &self.command {
            Command::Check(check) => check.plan.as_deref(),
            Command::New(new) => Some(new.plan.path()),
            Command::Share(share) => Some(share.plan.path()),
            Command::Open(_) | Command::Seal(_) => None,
        }
    }

    /// Finds the plan.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        match &mut self.command {
            Command::Check(check) => settle_named(&mut check.plan),
            Command::New(new) => new.plan.settle(),
            Command::Share(share) => share.plan.settle(),
            Command::Open(_) | Command::Seal(_) => Ok(()),
        }
    }
}

pub(super) fn run(arguments: &Secret, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(match &arguments.command {
        Command::Check(check) => check::run(check, bounds, output),
        Command::New(new) => new::run(new, bounds, output),
        Command::Open(open) => open::run(open, output),
        Command::Seal(seal) => seal::run(seal, output),
        Command::Share(share) => share::run(share, bounds, output),
    })
}
