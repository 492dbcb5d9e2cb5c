//! The knowledge about hosts that have no plan, which is none.

use std::net::IpAddr;
use std::sync::Arc;

use super::wired::Known;
use crate::catalog::{Definition, Seen};
use crate::values::Version;

/// No plan.
#[derive(Debug, Clone, Copy)]
pub struct Unplanned;

impl Known for Unplanned {
    fn version(&self, _: &str, _: &Definition) -> Option<Version> {
        None
    }

    fn artefact(&self, _: &str, _: &str, _: &str) -> Option<String> {
        None
    }

    fn targets(&self, _: &str, _: &str, _: &str) -> Vec<(String, u16)> {
        Vec::new()
    }

    fn sockets(&self, _: &str, _: &str, _: &str) -> Vec<(IpAddr, u16)> {
        Vec::new()
    }

    fn others(&self, _: &str) -> Vec<(Arc<str>, Arc<Seen>)> {
        Vec::new()
    }
}
