//! Arguments in, reports out: the only room with clock, terminal, randomness and exit codes.

mod arguments;
mod build;
mod check;
mod clock;
mod commits;
mod diff;
mod git;
mod global;
mod graph;
mod import;
mod inspect;
mod lock;
mod merge;
mod output;
mod passphrase;
mod renew;
mod secret;
mod show;
mod status;
mod unlock;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use global::Format;

/// Runs the program with the arguments of its process. One that means nothing is an error like any other:
/// 2 and 3 are kept for what falls due and for what has expired.
#[must_use]
pub fn main() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => run(&arguments),
        Err(answer) => {
            // Help and version come this way, too. A closed pipe is not a mistake.
            let _ = answer.print();
            ExitCode::from(u8::from(answer.use_stderr()))
        }
    }
}

fn run(arguments: &Arguments) -> ExitCode {
    let output = output::Output::new(&arguments.global);
    let for_diff = matches!(arguments.global.format, Format::Html | Format::Markdown);
    if for_diff && !matches!(arguments.command, Command::Diff(_)) {
        output.fail("`--format markdown` and `--format html` are for `diff` alone");
        return ExitCode::FAILURE;
    }
    match &arguments.command {
        Command::Build(build) => build::run(build, &output),
        Command::Check(check) => check::run(check, &output),
        Command::Diff(diff) => diff::run(diff, &output),
        Command::Git(git) => git::run(git, &output),
        Command::Graph(graph) => graph::run(graph, &output),
        Command::Import(import) => import::run(import, &output),
        Command::Inspect(inspect) => inspect::run(inspect, &output),
        Command::Lock(lock) => lock::run(lock, &output),
        Command::Renew(renew) => renew::run(renew, &output),
        Command::Secret(secret) => secret::run(secret, &output),
        Command::Show(show) => show::run(show, &output),
        Command::Status(status) => status::run(status, &output),
    }
}
