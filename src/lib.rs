//! pkiplan
#![allow(missing_docs)]
pub mod catalog;
pub mod cli;
pub mod decide;
pub mod diagnostics;
pub mod expand;
pub mod expression;
pub mod inspect;
pub mod issue;
pub mod lock;
pub mod plan;
pub mod read;
pub mod render;
pub mod resolve;
pub mod source;
pub mod specification;
pub mod values;
pub mod write;
