//! `pkiplan secret`

mod check;
mod new;
mod open;
mod seal;
mod sealing;
mod share;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::Output;
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
    /// Prove that a secret, for example a backup, is the one that a plan's keys derive from.
    ///
    /// With `--plan`, the secret is compared with the plan's lock, and the public keys of authorities and
    /// key pairs are derived again and compared with what is on record.
    Check(CheckSecret),
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
    /// Let a secret serve another plan's lock, too.
    ///
    /// A secret belongs to the lock that it was first built with, and another one is refused: what is called alike in
    /// two plans with one secret has the same key, so their clusters have the same authorities and administrators.
    Share(Share),
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
