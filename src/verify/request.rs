//! The inputs of a proof besides the wiring.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::authorities::Authorities;
use super::identity::Grants;
use crate::values::Instant;
use crate::wiring::Goal;

/// Addresses by names that are not those of hosts: of VIPs and load balancers.
pub type Names = BTreeMap<Arc<str>, Vec<IpAddr>>;

/// What stands behind addresses and ports that somebody else serves.
pub type Doors = BTreeMap<(IpAddr, u16), Goal>;

/// What a proof is about.
pub struct Request<'r> {
    /// When.
    pub now: Instant,
    /// Addresses of names that no host has.
    pub names: &'r Names,
    /// What stands behind addresses that no host has: others lead there.
    pub doors: &'r Doors,
    /// Addresses that hosts are to have, now this one, now that one.
    pub moving: &'r BTreeSet<IpAddr>,
    /// Who may do what.
    pub grants: &'r Grants,
    /// The authorities that the plan knows; none: nobody knows all of them.
    pub authorities: Option<&'r Authorities>,
}
