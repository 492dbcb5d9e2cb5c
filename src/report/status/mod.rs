//! When certificates end, and what stops then.

mod answer;
mod breaks;
mod machines;
mod people;

pub use answer::Answer;
pub(super) use breaks::breaks;
