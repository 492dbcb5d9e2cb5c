#![doc = include_str!("reference.md")]

mod page;
mod places;

pub use page::{Row, plain};
pub use places::{described, rows, section};
