//! The trees that the plans of `plans/` become, read as a host and its operator would.

mod certificates;
mod corners;
mod facts;
mod layouts;
mod leaks;
mod shapes;
