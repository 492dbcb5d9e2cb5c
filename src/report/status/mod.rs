//! The output of `pkiplan status`: what expires when, and what breaks then.

mod answer;
mod breaks;
mod machines;
mod people;

pub use answer::Answer;
pub(super) use breaks::breaks;
