//! The whole wiring: hosts, users, and their programs.

use std::sync::Arc;

use super::gap::Gap;
use super::host::{Host, HostIndex};
use super::part::Part;
use super::program::{Program, ProgramIndex};
use crate::index::List;

/// Hosts and people, and what their programs do.
#[derive(Default)]
pub struct Wiring {
    /// Hosts, by name.
    pub hosts: List<Host>,
    /// Programs of hosts, host by host; then what people have.
    pub programs: List<Program>,
    /// What could not be read.
    pub unread: Vec<(Option<HostIndex>, Gap)>,
    /// The plans that are proven as one, where there are several.
    pub parts: Vec<Part>,
}

impl Wiring {
    /// The position of the plan that a program is of.
    #[must_use]
    pub fn part(&self, program: ProgramIndex) -> usize {
        self.parts.iter().rposition(|part| part.first <= program.position()).unwrap_or_default()
    }

    /// What the plan is called that a program is of, where there are several.
    #[must_use]
    pub fn plan(&self, program: ProgramIndex) -> Option<&Arc<str>> {
        self.parts.get(self.part(program)).map(|part| &part.plan)
    }
}
