//! Arguments in, reports out: the only room with clock, terminal, randomness and exit codes.

mod arguments;
mod check;
mod output;

pub use arguments::Arguments;

use std::process::ExitCode;

use arguments::Command;

/// Runs the program with these arguments.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let output = output::Output::new(&arguments.global);
    match &arguments.command {
        Command::Check(check) => check::run(check, &output),
    }
}
