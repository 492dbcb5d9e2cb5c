//! What is known from the plan besides the files of its hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::fault::{Fault, Finding, Subject};
use super::request::{Doors, Names};
use crate::catalog::{Definition, Seen};
use crate::expand::Blueprint;
use crate::observe::Known;
use crate::render::{broken_by, located};
use crate::resolve::{ComponentIndex, FreeCertificate, InstanceIndex, NodeIndex};
use crate::source::Span;
use crate::values::Version;
use crate::wiring::{Goal, Needs, Wiring};

/// A plan that knows its hosts.
pub struct Planned<'b, 'a> {
    pub(super) blueprint: &'b Blueprint<'a>,
    instances: BTreeMap<(&'b str, &'b str), (ComponentIndex, InstanceIndex)>,
    /// What is proven of components whose inputs are not described, and of certificates of no component.
    derived: BTreeMap<Arc<str>, Arc<Seen>>,
}

impl<'b, 'a> Planned<'b, 'a> {
    /// What a blueprint says.
    #[must_use]
    pub fn new(blueprint: &'b Blueprint<'a>) -> Self {
        let mut instances = BTreeMap::new();
        for (c, component) in blueprint.model.components.enumerate() {
            for (i, instance) in component.instances.enumerate() {
                let node = blueprint.model.nodes[instance.node].name.as_str();
                instances.insert((node, &*component.definition.name), (c, i));
            }
        }
        let components = blueprint.model.components.iter().map(|component| &component.definition);
        let undescribed = components.filter(|definition| definition.seen.is_none());
        let mut derived: BTreeMap<Arc<str>, Arc<Seen>> = undescribed
            .map(|definition| (Arc::clone(&definition.name), Arc::new(Seen::derived(definition))))
            .collect();
        for certificate in blueprint.model.certificates.iter().filter(|certificate| is_whole(certificate)) {
            let name = free(&certificate.name);
            derived.insert(
                Arc::clone(&name),
                Arc::new(Seen::of_pair(&name, &certificate.usages, certificate.origin)),
            );
        }
        Self { blueprint, instances, derived }
    }

    /// The hosts of the plan, with their addresses.
    pub fn hosts(&self) -> impl Iterator<Item = (NodeIndex, Arc<str>, Vec<IpAddr>)> {
        let nodes = self.blueprint.model.nodes.enumerate();
        nodes.map(|(index, node)| (index, node.name.shared(), node.addresses.to_vec()))
    }

    /// Names of VIPs.
    #[must_use]
    pub fn names(&self) -> Names {
        let vips = self.blueprint.model.vips.iter();
        let named = vips.filter_map(|vip| {
            let host = vip.host.as_ref()?.to_string().to_ascii_lowercase();
            Some((Arc::from(host), vip.addresses.clone()))
        });
        named.collect()
    }

    /// Rules of the catalog that the flags of programs break, or what these name, as they stand on hosts.
    #[must_use]
    pub fn broken_rules(&self, wiring: &Wiring, part: usize) -> Vec<Finding> {
        let programs = wiring.programs.enumerate().filter(|(index, _)| wiring.part(*index) == part);
        // Of what nothing starts there are no flags.
        let running =
            programs.filter(|(_, program)| !program.inputs.is_empty() || !program.listens.is_empty());
        let broken = running.filter_map(|(index, program)| {
            let host = &wiring.hosts[program.host?].name;
            let instance = self.instance(host, &program.component)?;
            let flags = program.inputs.iter().map(|(name, values, _)| {
                (name.to_string(), values.iter().map(ToString::to_string).collect::<Vec<_>>())
            });
            let found =
                broken_by(self.blueprint, instance, (&flags.collect(), &program.documents), &program.unsure);
            Some(found.into_iter().map(move |diagnostic| {
                let subject = Subject { program: index, slot: None, file: Some(program.at.clone()) };
                let says = diagnostic.message.clone();
                Finding { fault: Fault::Rule(says), subject, other: None, dial: None }
            }))
        });
        broken.flatten().collect()
    }

    /// Whether it is a user, who has a kubeconfig.
    #[must_use]
    pub fn has_user(&self, name: &str) -> bool {
        self.blueprint.model.users.iter().any(|user| *user.name == *name)
    }

    /// As whom servers are to see a user.
    #[must_use]
    pub fn needs_of(&self, name: &str) -> Needs {
        let user = self.blueprint.model.users.iter().find(|user| *user.name == *name);
        let subject = user.map(|user| &user.subject);
        Needs {
            roles: Vec::new(),
            user: subject.and_then(|subject| Some(subject.common_name()?.into())),
            group: subject.and_then(|subject| Some(subject.organizations().next()?.into())),
        }
    }

    /// VIPs that somebody else serves, and what they lead to.
    #[must_use]
    pub fn doors(&self) -> Doors {
        let others = self.blueprint.model.vips.iter().filter(|vip| !vip.way.is_carried());
        let doors = others.flat_map(|vip| {
            let (component, listen) = vip.to.clone();
            vip.addresses.iter().map(move |address| {
                let goal = Goal { component: Arc::clone(&component), listen: Arc::clone(&listen) };
                ((address.to_canonical(), vip.port), goal)
            })
        });
        doors.collect()
    }

    /// Addresses that hosts of the plan are to have, now this one, now that one.
    #[must_use]
    pub fn moving(&self) -> BTreeSet<IpAddr> {
        let vips = self.blueprint.model.vips.iter().filter(|vip| vip.way.is_carried());
        let addresses = vips.flat_map(|vip| &vip.addresses).map(IpAddr::to_canonical);
        // Every host has its own loopback.
        addresses.filter(|address| !address.is_loopback()).collect()
    }

    /// Where kubeconfigs of people lead: component and listen, and where the plan says so.
    #[must_use]
    pub fn endpoint(&self) -> Option<(Goal, Span)> {
        let cluster = self.blueprint.model.cluster.as_ref()?;
        let (component, listen) = cluster.endpoint_to.clone()?;
        let span = cluster.endpoint.as_ref().and_then(|endpoint| endpoint.origin).or(cluster.name.origin)?;
        Some((Goal { component, listen }, span))
    }

    /// The instance of a component on a host.
    #[must_use]
    pub fn instance(&self, host: &str, component: &str) -> Option<(ComponentIndex, InstanceIndex)> {
        self.instances.get(&(host, component)).copied()
    }
}

impl Known for Planned<'_, '_> {
    fn version(&self, host: &str, component: &Definition) -> Option<Version> {
        let instance = self.instance(host, &component.name);
        let of = |(c, i): (ComponentIndex, InstanceIndex)| &self.blueprint.model.components[c].instances[i];
        match (instance, &self.blueprint.model.cluster) {
            (Some(found), _) => Some(of(found).config.version.value.clone()),
            (None, cluster) => Some(cluster.as_ref()?.version.as_ref()?.value.clone()),
        }
    }

    fn artefact(&self, host: &str, component: &str, name: &str) -> Option<String> {
        if let Some(certificate) = component.strip_prefix(FREE) {
            let mut all = self.blueprint.model.certificates.iter();
            let files = &all.find(|known| *known.name == *certificate)?.files;
            let path = match name {
                "certificate" => &files.certificate,
                "key" => &files.key,
                _ => &files.roots,
            };
            return Some(path.as_ref()?.value.clone());
        }
        located(self.blueprint, self.instance(host, component)?, name)
    }

    fn targets(&self, host: &str, component: &str, dial: &str) -> Vec<(String, u16)> {
        let Some((c, i)) = self.instance(host, component) else { return Vec::new() };
        let definition = self.blueprint.definition(c);
        let Some(position) = definition.dials.iter().position(|known| *known.name == *dial) else {
            return Vec::new();
        };
        let targets = self.blueprint.targets(c, i, position);
        targets.into_iter().map(|target| (target.host, target.port)).collect()
    }

    fn sockets(&self, host: &str, component: &str, listen: &str) -> Vec<(IpAddr, u16)> {
        let Some((c, i)) = self.instance(host, component) else { return Vec::new() };
        let definition = self.blueprint.definition(c);
        let Some(position) = definition.listens.iter().position(|known| *known.name == *listen) else {
            return Vec::new();
        };
        let Some(at) = self.blueprint.places[c][i].listens.get(position) else { return Vec::new() };
        at.addresses.iter().map(|address| (*address, at.port)).collect()
    }

    fn runs(&self, host: &str) -> Vec<Arc<str>> {
        let all = self.instances.range((host, "")..).take_while(|((known, _), _)| *known == host);
        all.map(|((_, component), _)| Arc::from(*component)).collect()
    }

    fn comes_otherwise(&self, host: &str, component: &str, path: &str) -> bool {
        let Some((c, i)) = self.instance(host, component) else { return false };
        let model = &self.blueprint.model;
        let instance = &model.components[c].instances[i];
        let own = model.extras_on(instance.node).files;
        instance.config.flags_naming(path).next().is_some()
            && !own.into_iter().any(|file| model.files[file].path.value == path)
    }

    fn others(&self, host: &str) -> Vec<(Arc<str>, Arc<Seen>)> {
        let mut all = Vec::new();
        for (name, seen) in &self.derived {
            let carries = match name.strip_prefix(FREE) {
                Some(certificate) => self.has_certificate(host, certificate),
                None => self.instance(host, name).is_some(),
            };
            if carries {
                all.push((Arc::clone(name), Arc::clone(seen)));
            }
        }
        all
    }
}

/// Before the names of certificates that belong to no component.
pub(super) const FREE: &str = "certificate.";

fn free(name: &str) -> Arc<str> {
    format!("{FREE}{name}").into()
}

/// Whether all that is proven of a certificate has a file.
fn is_whole(certificate: &FreeCertificate) -> bool {
    let files = &certificate.files;
    files.certificate.is_some() && files.key.is_some() && files.roots.is_some()
}

impl Planned<'_, '_> {
    pub(super) fn has_certificate(&self, host: &str, name: &str) -> bool {
        let model = &self.blueprint.model;
        let certificate = model.certificates.iter().find(|known| *known.name == *name);
        certificate.is_some_and(|certificate| {
            certificate.nodes.iter().any(|node| model.nodes[*node].name.as_str() == host)
        })
    }
}
