//! `pkiplan secret`

mod check;
mod new;
mod open;
mod seal;
mod sealing;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::Output;
use super::unlock::Unlock;
use crate::values::SecretName;

#[derive(Debug, Args)]
pub(super) struct Secret {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prove that a secret, for example a backup, is the one that a plan's keys derive from.
    ///
    /// With `--plan`, the secret is compared with the plan's lock, and the public keys of authorities and
    /// key pairs are derived again and compared with what is on record.
    Check(Check),
    /// Make a secret beside a plan. It is never made where one is, or where the lock was made with one.
    ///
    /// With `--epoch` it replaces one that has leaked: write the same `epoch` below `[secret.NAME]` in the plan. What
    /// hosts and users have for themselves derives from the new one with the next build; authorities and keyrings
    /// do so with their next generation.
    New(New),
    /// Print what is sealed in a file. This is the only command that prints a secret.
    Open(Open),
    /// Seal a secret or a private key into an age file, `FILE.age`, which may be committed.
    ///
    /// Whoever has the private key of one of the recipients opens it, or whoever knows the passphrase.
    Seal(Seal),
}

#[derive(Debug, Args)]
struct Check {
    /// A file with a secret, plain or sealed.
    file: PathBuf,
    /// The plan beside which the lock lies.
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    unlock: Unlock,
}

#[derive(Debug, Args)]
struct New {
    /// The plan.
    plan: PathBuf,
    /// Which of the plan's secrets.
    #[arg(long, default_value_t, value_name = "NAME")]
    name: SecretName,
    /// Replace a secret: the one that is there is set aside as that of the epoch before.
    #[arg(long, value_name = "N")]
    epoch: Option<u32>,
    #[command(flatten)]
    recipients: sealing::Recipients,
    #[command(flatten)]
    unlock: Unlock,
}

#[derive(Debug, Args)]
struct Open {
    /// A sealed file.
    file: PathBuf,
    #[command(flatten)]
    unlock: Unlock,
}

#[derive(Debug, Args)]
struct Seal {
    /// Files with a secret or a private key.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    recipients: sealing::Recipients,
    /// Remove the plain file, once the sealed one has been opened and holds the same. With recipients this
    /// needs `--identity`.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    unlock: Unlock,
}

pub(super) fn run(arguments: &Secret, output: &Output) -> ExitCode {
    let done = match &arguments.command {
        Command::Check(check) => check::run(check, output),
        Command::New(new) => new::run(new, output),
        Command::Open(open) => open::run(open, output),
        Command::Seal(seal) => seal::run(seal, output),
    };
    done.unwrap_or_else(|message| {
        output.fail(&message);
        ExitCode::FAILURE
    })
}
