//! How a folder of built trees is known.

/// The file that a build leaves in every folder of trees, whose lock it also is.
pub const TREES_MARKER: &str = ".pkiplan";
