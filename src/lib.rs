//! pkiplan
#![allow(missing_docs)]
pub mod catalog;
pub mod decide;
pub mod diagnostics;
pub mod expression;
pub mod lock;
pub mod read;
pub mod source;
pub mod specification;
pub mod values;
