//! pkiplan

pub mod write;
