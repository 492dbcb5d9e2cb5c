//! The `pkiplan` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    pkiplan::cli::main()
}
