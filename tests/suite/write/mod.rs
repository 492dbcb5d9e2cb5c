//! The trees on a real file system.

mod beside;
mod changes;
mod crash;
mod foreign;
mod lab;
mod real;
mod recorded;
mod refusals;
mod safety;
