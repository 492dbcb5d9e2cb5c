//! The `pkiplan` program.

use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Thousands of hosts are made of small texts; their bytes are the same with any other.
#[cfg(feature = "fast")]
type Allocator = mimalloc::MiMalloc;
#[cfg(not(feature = "fast"))]
type Allocator = std::alloc::System;

#[cfg(feature = "fast")]
const ALLOCATOR: Allocator = mimalloc::MiMalloc;
#[cfg(not(feature = "fast"))]
const ALLOCATOR: Allocator = std::alloc::System;

/// What is freed is overwritten: numbers of keys that arithmetic copied, texts that grew, buffers of libraries.
#[global_allocator]
static WIPED: ZeroAlloc<Allocator> = ZeroAlloc(ALLOCATOR);

fn main() -> ExitCode {
    pkiplan::cli::main()
}
