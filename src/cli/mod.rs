//! The command line: parses arguments and prints reports.
//!
//! It is the only module that uses the clock, randomness, the terminal and exit codes.

mod applied;
mod arguments;
mod assemble;
mod build;
mod built;
mod catalog;
mod check;
mod clock;
mod commits;
mod complete;
mod diff;
mod explain;
mod git;
mod global;
mod graph;
mod import;
mod import_leaf;
mod importing;
mod init;
mod inspect;
mod join;
mod key_material;
mod lint;
mod lock;
mod merge;
mod named;
mod next;
mod output;
mod passphrase;
mod plan_argument;
mod program;
mod progress;
mod renew;
mod report;
mod schema;
mod secret;
mod shard;
mod show;
mod status;
mod unlock;
mod verify;
mod way;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use arguments::{Arguments, Command};
use global::Format;

/// Runs the program with the arguments of its process. One that means nothing is an error like any other:
/// 2 and 3 are kept for what falls due and for what has expired.
#[must_use]
pub fn main() -> ExitCode {
    if complete::answer::<Arguments>() {
        return ExitCode::SUCCESS;
    }
    match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(answer) => {
            // Help and version come this way, too.
            output::answer(&answer)
        }
    }
}

/// What the command line takes, as clap knows it.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

fn run(mut arguments: Arguments) -> ExitCode {
    let output = output::Output::new(&arguments.global);
    let for_diff = matches!(arguments.global.format, Format::Html | Format::Markdown);
    if for_diff && !matches!(arguments.command, Command::Diff(_) | Command::Verify(_)) {
        output.fail("only `diff` and `verify` have `--format markdown` and `--format html`");
        return ExitCode::FAILURE;
    }
    if let Err(message) = arguments.command.settle() {
        output.stop(&message);
        return output.finish(ExitCode::FAILURE);
    }
    let output = output.about(arguments.command.plan());
    let bounds = arguments.global.bounds();
    let code = match &arguments.command {
        Command::Applied(applied) => applied::run(applied, &bounds, &output),
        Command::Build(build) => build::run(build, &bounds, &output),
        Command::Catalog(catalog) => catalog::run(catalog, &bounds, &output),
        Command::Check(check) => check::run(check, &bounds, &output),
        Command::Diff(diff) => diff::run(diff, &bounds, &output),
        Command::Explain(explain) => explain::run(explain, &bounds, &output),
        Command::Git(git) => git::run(git, &bounds, &output),
        Command::Graph(graph) => graph::run(graph, &bounds, &output),
        Command::Import(import) => import::run(import, &bounds, &output),
        Command::Init(init) => init::run(init, &bounds, &output),
        Command::Inspect(inspect) => inspect::run(inspect, &output),
        Command::Join(join) => join::run(join, &bounds, &output),
        Command::Lint(lint) => lint::run(lint, &bounds, &output),
        Command::Lock(lock) => lock::run(lock, &bounds, &output),
        Command::Renew(renew) => renew::run(renew, &bounds, &output),
        Command::Report(report) => report::run(report, &bounds, &output),
        Command::Schema(schema) => schema::run(schema, &bounds, &output),
        Command::Secret(secret) => secret::run(secret, &bounds, &output),
        Command::Show(show) => show::run(show, &bounds, &output),
        Command::Status(status) => status::run(status, &bounds, &output),
        Command::Verify(verify) => verify::run(verify, &bounds, &output),
    };
    output.finish(code)
}
