//! pkiplan
#![allow(missing_docs)]
pub mod catalog;
pub mod diagnostics;
pub mod expression;
pub mod inspect;
pub mod issue;
pub mod read;
pub mod source;
pub mod specification;
pub mod values;
