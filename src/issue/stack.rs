//! Wipes secret values from the stack after arithmetic.
//!
//! Secret types overwrite themselves when they are dropped. But a value that is returned or passed on is moved, and its
//! previous place on the stack keeps the bytes until other code overwrites them.

use std::hint::black_box;

/// How deep the stack is wiped, in words of 8 bytes: deeper than signatures and the opening of keys go.
const DEPTH: usize = 8 << 10;

/// Does something with secrets, and wipes the part of the stack that it used. What it gives should have its
/// secrets on the heap, so that it can be moved.
pub(crate) fn wiped<T>(work: impl FnOnce() -> T) -> T {
    let made = below(work);
    wipe();
    made
}

/// A frame of its own, which [`wipe`] covers.
#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Zeros, which have to be written since somebody might change them.
#[inline(never)]
fn wipe() {
    let mut zeros = [0_u64; DEPTH];
    black_box(&mut zeros);
}
