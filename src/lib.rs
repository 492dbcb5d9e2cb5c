//! pkiplan
#![allow(missing_docs)]
pub mod diagnostics;
pub mod expression;
pub mod read;
pub mod source;
