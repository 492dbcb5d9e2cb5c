//! Proves whether the programs of hosts without a plan work together.

use std::collections::BTreeSet;

use super::identity::grants;
use super::proof::{Proof, prove};
use super::request::{Doors, Names, Request};
use crate::catalog::Catalog;
use crate::observe::{HostFiles, Unplanned, observe};
use crate::values::Instant;
use crate::wiring::Wiring;

/// What the programs of hosts do, and whether that works.
#[must_use]
pub fn together(hosts: &[HostFiles<'_>], catalog: &Catalog, now: Instant) -> (Wiring, Proof) {
    let wiring = observe(hosts, catalog, &Unplanned);
    let (names, doors, grants) = (Names::new(), Doors::new(), grants(catalog, &[]));
    let (names, doors, moving, grants) = (&names, &doors, &BTreeSet::new(), &grants);
    let request = Request { now, names, doors, moving, grants, authorities: None };
    let proof = prove(&wiring, &request);
    (wiring, proof)
}
