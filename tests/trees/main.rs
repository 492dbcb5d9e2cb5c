//! The trees that the plans of `plans/` become, read as a host and its operator would.

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod corners;
mod facts;
mod leaks;
mod shapes;
