//! When certificates end, and what stops then.

mod answer;
mod machines;
mod people;

pub use answer::Answer;
