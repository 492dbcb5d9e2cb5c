//! The `pkiplan` program.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    pkiplan::cli::run(&pkiplan::cli::Arguments::parse())
}
