//! Both states of a comparison that has a base.

use super::super::state::State;

/// What was, and what is to be.
pub(super) struct Sides<'a> {
    pub(super) before: &'a State<'a>,
    pub(super) after: &'a State<'a>,
}
