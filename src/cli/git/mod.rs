//! `pkiplan git`: what git has to know of plans, and what it must not take into a commit.

mod check;
mod set_up;

use std::process::ExitCode;

use check::CheckIndex;
use clap::{Args, Subcommand};
use set_up::SetUp;

use super::output::Output;
use crate::git::Repository;
use crate::read::Bounds;
use crate::workspace::Failure;

#[derive(Debug, Args)]
pub(super) struct Git {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check what is about to be committed, as the pre-commit hook does.
    ///
    /// It is read from git's index, not from the folder. A plan that is concerned must have no errors, and a lock that
    /// holds all decisions; nothing private may be among the files, be it in base64 or in an archive. What is public
    /// on purpose, such as a key for tests, gets the attribute `pkiplan-public` in .gitattributes; the report lists
    /// such files.
    Check(CheckIndex),
    /// Make git know plans: run it once in each clone.
    ///
    /// Certificates, keys and kubeconfigs are compared in words (`git diff`, `git log -p`), locks are merged entry by
    /// entry, and secrets, keys and trees are ignored. Lines are added to .gitattributes and .gitignore, for all, and
    /// to the clone's own configuration. Nothing that somebody else wrote is changed: that is reported, and what to do.
    SetUp(SetUp),
}

pub(super) fn run(arguments: &Git, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(Repository::enter().map_err(Failure::from).and_then(|repository| match &arguments.command {
        Command::Check(check) => check::run(check, &repository, bounds, output),
        Command::SetUp(set_up) => set_up::run(set_up, &repository, bounds, output),
    }))
}
