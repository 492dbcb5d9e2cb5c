//! The trees that the plans of `plans/` become, read as a host and its operator would.

// Clippy lets tests unwrap, but not what tests call.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod corners;
mod facts;
mod kubeadm;
mod layouts;
mod leaks;
mod shapes;
mod static_pods;
mod vips;
