//! The state of reading one program: its inputs, and what is known from the plan.

use std::net::IpAddr;

use super::inputs::Inputs;
use super::material::Store;
use crate::catalog;
use crate::wiring::Slot;

/// Reads what a program does out of its inputs.
pub(super) struct Reader<'r, 'i> {
    pub(super) inputs: &'r mut Inputs<'i>,
    pub(super) store: &'r Store,
    /// The name by which the host registers itself; none: only the running host knows it.
    pub(super) node: Option<&'r str>,
    pub(super) planned: Plan<'r>,
}

/// What the plan says of a program.
#[derive(Clone, Copy)]
pub(super) struct Plan<'r> {
    /// Where a dial leads: host and port.
    pub(super) targets: &'r dyn Fn(&str) -> Vec<(String, u16)>,
    /// Where a listen is: address and port.
    pub(super) sockets: &'r dyn Fn(&str) -> Vec<(IpAddr, u16)>,
}

impl Reader<'_, '_> {
    /// The input that says a value, if it does.
    pub(super) fn slot_that_is(&self, slot: &catalog::Slot, value: &str) -> Option<Slot> {
        let said = self.inputs.list(slot)?;
        said.values.iter().any(|known| &*known.text == value).then_some(said.slot)
    }
}
