//! The plan language.
