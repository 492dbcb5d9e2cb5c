//! Reads the hosts and users of a plan as their programs do.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::authorities::Authorities;
use super::bundles;
use super::fault::Finding;
use super::identity::{Grants, documents, grants};
use super::planned::Planned;
use super::request::{Doors, Names, Request};
use crate::expand::Blueprint;
use crate::host::{Hosts, Others};
use crate::observe::{Person, add_called, add_people, observe_each};
use crate::values::Instant;
use crate::wiring::Wiring;

/// Where the kubeconfig of a person lies in the tree of that person.
const KUBECONFIG: &str = "/kubeconfig";

/// A wiring, and what is known beside it.
pub struct Wired {
    /// What programs do.
    pub wiring: Wiring,
    /// Addresses of names that no host has.
    pub names: Names,
    /// What stands behind addresses that no host has.
    pub doors: Doors,
    /// Addresses that hosts are to have, now this one, now that one.
    pub moving: BTreeSet<IpAddr>,
    /// Who may do what.
    pub grants: Grants,
    /// The texts of what is applied to the API.
    pub objects: Vec<String>,
}

impl Wired {
    /// What a proof of it is about. `authorities` are those that the plan knows, where all of them are known.
    #[must_use]
    pub fn request<'r>(&'r self, now: Instant, authorities: Option<&'r Authorities>) -> Request<'r> {
        let Self { names, doors, moving, grants, .. } = self;
        Request { now, names, doors, moving, grants, authorities }
    }
}

/// Rules of the catalog that are broken on hosts, and bundles there that hold other authorities of the plan. `part` is the
/// plan's position in the wiring.
#[must_use]
pub fn rules(blueprint: &Blueprint<'_>, wiring: &Wiring, part: usize) -> Vec<Finding> {
    let planned = Planned::new(blueprint);
    let mut rules = planned.broken_rules(wiring, part);
    rules.extend(bundles::review(&planned, wiring, part));
    rules
}

/// Reads what lies on hosts and with people.
#[must_use]
pub fn wired(blueprint: &Blueprint<'_>, hosts: &dyn Hosts, others: &Others) -> Wired {
    let planned = Planned::new(blueprint);
    let named: Vec<(Arc<str>, Vec<IpAddr>)> =
        planned.hosts().map(|(_, name, addresses)| (name, addresses)).collect();
    let mut wiring = observe_each(&named, hosts, blueprint.catalog, &planned);
    let documents = documents(&others.cluster);
    if let Some((to, span)) = planned.endpoint() {
        let people = others.people.iter().filter(|(name, _)| planned.has_user(name));
        let people = people.map(|(name, files)| Person {
            name: Arc::clone(name),
            files: &**files,
            path: KUBECONFIG.into(),
            needs: planned.needs_of(name),
        });
        add_people(&mut wiring, &people.collect::<Vec<_>>(), &to, span);
        add_called(&mut wiring, &documents, &to.component);
    }
    Wired {
        names: planned.names(),
        doors: planned.doors(),
        moving: planned.moving(),
        grants: grants(blueprint.catalog, &documents),
        objects: others.cluster.clone(),
        wiring,
    }
}
