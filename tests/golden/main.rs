//! Results that are the same in every build: with and without features, with and without optimisation.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../support/mod.rs"]
mod support;

mod derivation;
mod determinism;
mod ten_thousand;
