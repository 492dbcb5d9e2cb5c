//! The trees on a real file system.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod beside;
mod changes;
mod crash;
mod foreign;
mod lab;
mod real;
mod refusals;
mod safety;
