//! The judge of certificate paths.

mod limbo;
mod rules;
