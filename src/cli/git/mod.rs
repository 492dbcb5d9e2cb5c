//! `pkiplan git`: configures git for plans, and checks commits.

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
    /// Reads git's index, not the working tree. Plans that the commit touches must have no errors and an up-to-date lock, and
    /// the commit must not contain anything private, not even in base64 or in an archive. Mark what is public on purpose,
    /// such as a test key, with the attribute `pkiplan-public` in .gitattributes; the report lists such files.
    #[command(after_long_help = "\
Examples:
  pkiplan git check                                 what is staged
  pkiplan git check --all                           in CI: all files that git tracks")]
    Check(CheckIndex),
    /// Set up a clone: diff drivers, merge driver, ignored files. Run it once in each clone.
    ///
    /// `git diff` and `git log -p` then show certificates and kubeconfigs as readable text, locks are merged entry by
    /// entry, and secrets, keys and trees are ignored. Adds lines to .gitattributes and .gitignore, and to the clone's
    /// own configuration. Never changes existing settings of yours: it reports conflicts instead.
    #[command(after_long_help = "\
Examples:
  pkiplan git set-up
  pkiplan git set-up --hook --workflow")]
    SetUp(SetUp),
}

pub(super) fn run(arguments: &Git, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(Repository::enter().map_err(Failure::from).and_then(|repository| match &arguments.command {
        Command::Check(check) => check::run(check, &repository, bounds, output),
        Command::SetUp(set_up) => set_up::run(set_up, &repository, bounds, output),
    }))
}
