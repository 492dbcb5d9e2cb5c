//! A plan's hosts and people, read as their programs do.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::compare::pod;
use crate::expand::Blueprint;
use crate::host::Files;
use crate::observe::{HostFiles, Person, add_people, observe};
use crate::values::Instant;
use crate::verify::{Authorities, Doors, Finding, Grants, Names, Planned, Request, grants};
use crate::wiring::Wiring;
use crate::workspace::Units;

/// Where the kubeconfig of a person lies in the tree of that person.
const KUBECONFIG: &str = "/kubeconfig";

/// A wiring, and what is known beside it.
pub(super) struct Wired {
    pub(super) wiring: Wiring,
    pub(super) names: Names,
    pub(super) doors: Doors,
    pub(super) moving: BTreeSet<IpAddr>,
    pub(super) grants: Grants,
    /// The texts of what is applied to the API.
    pub(super) objects: Vec<String>,
    /// Rules of the catalog that flags break, as they stand there.
    pub(super) rules: Vec<Finding>,
    /// What runs each component: its unit, or its pod.
    services: BTreeMap<Arc<str>, Vec<String>>,
}

impl Wired {
    pub(super) fn request<'r>(&'r self, now: Instant, authorities: Option<&'r Authorities>) -> Request<'r> {
        let Self { names, doors, moving, grants, .. } = self;
        Request { now, names, doors, moving, grants, authorities }
    }

    /// The components on a host.
    pub(super) fn components<'w>(&'w self, host: &'w str) -> impl Iterator<Item = Arc<str>> + 'w {
        let programs = self.wiring.programs.iter();
        let on_host = programs
            .filter(move |program| program.host.is_some_and(|index| &*self.wiring.hosts[index].name == host));
        on_host.map(|program| Arc::clone(&program.component))
    }

    /// Whether a service runs a component.
    pub(super) fn runs(&self, service: &str, component: &str) -> bool {
        self.services.get(component).is_some_and(|names| names.iter().any(|name| name == service))
    }
}

/// Reads what lies on hosts and with people.
pub(super) fn wired(blueprint: &Blueprint<'_>, units: &Units) -> Wired {
    let planned = Planned::new(blueprint);
    let hosts = planned.hosts().filter_map(|(_, name, addresses)| {
        let files: &dyn Files = &**units.hosts.get(&name)?;
        Some(HostFiles { name, addresses, files })
    });
    let hosts: Vec<HostFiles<'_>> = hosts.collect();
    let mut wiring = observe(&hosts, blueprint.catalog, &planned);
    if let Some((to, span)) = planned.endpoint() {
        let people = units.people.iter().filter(|(name, _)| planned.has_user(name));
        let people = people.map(|(name, files)| Person {
            name: Arc::clone(name),
            files: &**files,
            path: KUBECONFIG.into(),
        });
        add_people(&mut wiring, &people.collect::<Vec<_>>(), &to, span);
    }
    let definitions = blueprint.model.components.iter().map(|component| &component.definition);
    let services = definitions.map(|definition| {
        (
            Arc::clone(&definition.name),
            definition.unit.iter().map(ToString::to_string).chain([pod(&definition.name)]).collect(),
        )
    });
    Wired {
        names: planned.names(),
        doors: planned.doors(),
        moving: planned.moving(),
        grants: grants(blueprint.catalog, &units.cluster),
        objects: units.cluster.clone(),
        rules: planned.broken_rules(&wiring),
        services: services.collect(),
        wiring,
    }
}
