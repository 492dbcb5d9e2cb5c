//! The `pkiplan` program.

use std::process::ExitCode;

/// Thousands of hosts are made of small texts; their bytes are the same with any other.
#[cfg(feature = "fast")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pkiplan::cli::main()
}
