//! The file by which a directory of built trees is recognised.

/// The file that a build leaves in every folder of trees, whose lock it also is.
pub const TREES_MARKER: &str = ".pkiplan";
