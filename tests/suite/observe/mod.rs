//! What the programs of a host get to see.

mod arguments;
mod folders;
mod pods;
mod quoting;
mod trees;
mod units;
