//! The judge of certificate paths.

mod limbo;
mod paths;
mod rules;
