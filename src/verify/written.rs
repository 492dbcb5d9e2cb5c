//! Finds the places in the plan that a finding is about.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::fault::{Fault, Finding, Subject};
use super::planned::{FREE, Planned};
use crate::resolve::{Config, Vip};
use crate::source::Span;
use crate::wiring::{HostIndex, Program, Wiring};

impl Planned<'_, '_> {
    /// Places that say what a finding is about, of all of the most specific kind that `is_editable`: changes of the flags and
    /// tables of the files that it names; the VIP that is connected to, and what the plan adds to bundles and names; the
    /// tables of whose programs it is.
    /// `part` is the plan's position in the wiring: of ends that are another plan's, this one says nothing.
    pub fn written(
        &self,
        (wiring, part): (&Wiring, usize),
        finding: &Finding,
        is_editable: impl Fn(Span) -> bool,
    ) -> Vec<Span> {
        let ends = [Some(&finding.subject), finding.other.as_ref()].into_iter().flatten();
        let ends = ends.filter(|subject| wiring.part(subject.program) == part);
        let ends: Vec<End<'_>> = ends.map(|subject| self.end(wiring, subject)).collect();
        let named =
            || ends.iter().flat_map(|end| end.of_flag().into_iter().chain(self.of_file(end))).collect();
        let added = || {
            let places = self.dialled((wiring, part), finding).into_iter();
            places.chain(ends.iter().flat_map(|end| end.of_fault(&finding.fault))).collect()
        };
        let owners = || ends.iter().filter_map(|end| self.owner(end)).collect();
        let kinds: [&dyn Fn() -> Vec<Span>; 3] = [&named, &added, &owners];
        let mut places = kinds.iter().map(|kind| {
            let mut places = kind();
            places.retain(|span| is_editable(*span));
            places
        });
        places.find(|places| !places.is_empty()).unwrap_or_default()
    }

    fn end<'s>(&'s self, wiring: &'s Wiring, subject: &'s Subject) -> End<'s> {
        let program = &wiring.programs[subject.program];
        let host = program.host.map(|host| &*wiring.hosts[host].name);
        let config = host.and_then(|host| self.config(host, &program.component));
        End { program, host, config, subject }
    }

    fn config(&self, host: &str, component: &str) -> Option<&Config> {
        let (c, i) = self.instance(host, component)?;
        Some(&self.blueprint.model.components[c].instances[i].config)
    }

    /// The tables of the certificates and files that the plan itself puts there.
    fn of_file(&self, end: &End<'_>) -> Vec<Span> {
        let model = self.blueprint.model;
        let (Some(host), Some(file)) = (end.host, &end.subject.file) else { return Vec::new() };
        let is_it = |path: &str| path == &*file.path;
        let certificates = model.certificates.iter().filter(|certificate| {
            let files = &certificate.files;
            let paths = [&files.certificate, &files.key, &files.roots];
            paths.into_iter().flatten().any(|path| is_it(&path.value))
                && self.has_certificate(host, &certificate.name)
        });
        let files = model.files.iter().filter(|own| is_it(&own.path.value));
        certificates.map(|certificate| certificate.origin).chain(files.map(|own| own.origin)).collect()
    }

    /// The table of a certificate, of a person or of a node.
    fn owner(&self, end: &End<'_>) -> Option<Span> {
        let model = self.blueprint.model;
        if let Some(name) = end.program.component.strip_prefix(FREE) {
            return Some(model.certificates.iter().find(|one| *one.name == *name)?.origin);
        }
        match end.host {
            Some(host) => {
                let (c, i) = self.instance(host, &end.program.component)?;
                Some(model.nodes[model.components[c].instances[i].node].origin)
            }
            None => Some(model.users.iter().find(|user| *user.name == *end.program.name)?.origin),
        }
    }

    /// The VIP that is connected to, or changes of the flags of those who were to listen.
    fn dialled(&self, (wiring, part): (&Wiring, usize), finding: &Finding) -> Vec<Span> {
        let (dialled, is_port) = match &finding.fault {
            Fault::NobodyListens { dialled, .. } | Fault::OtherListens { dialled, .. } => (dialled, true),
            Fault::Name { dialled, .. } => (dialled, false),
            _ => return Vec::new(),
        };
        let address = dialled.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        let is_it = |vip: &&Vip| {
            let named = vip.host.as_ref().is_some_and(|host| host.to_string() == **dialled);
            named || vip.addresses.iter().any(|own| Some(own.to_canonical()) == address)
        };
        if let Some(vip) = self.blueprint.model.vips.iter().find(is_it) {
            return vec![if is_port { vip.port_origin } else { vip.origin }];
        }
        let client = &wiring.programs[finding.subject.program];
        let dial = client.dials.iter().find(|dial| Some(&dial.name) == finding.dial.as_ref());
        let (Some(dial), true) = (dial, is_port) else { return Vec::new() };
        // Every host has its own loopback.
        let own = client.host.filter(|_| address.is_some_and(|address| address.is_loopback()));
        let of_part: BTreeSet<HostIndex> = wiring
            .programs
            .enumerate()
            .filter(|(index, _)| wiring.part(*index) == part)
            .filter_map(|(_, program)| program.host)
            .collect();
        let there = wiring.hosts.enumerate().filter(|(index, _)| of_part.contains(index));
        let there = there.filter(|(index, host)| match own {
            Some(own) => own == *index,
            None => host.addresses.iter().any(|known| Some(known.to_canonical()) == address),
        });
        let configs = there.filter_map(|(_, host)| self.config(&host.name, &dial.to.component));
        configs.flat_map(|config| &config.flags).map(|change| change.name.span).collect()
    }
}

/// One end of a finding, as the plan has it.
struct End<'p> {
    program: &'p Program,
    host: Option<&'p str>,
    config: Option<&'p Config>,
    subject: &'p Subject,
}

impl End<'_> {
    /// The last change of the flag, which wins.
    fn of_flag(&self) -> Option<Span> {
        let flag = self.subject.slot.as_ref()?.name.trim_start_matches('-');
        let changes = self.config?.flags.iter().rev();
        changes.map(|change| &change.name).find(|name| name.value == flag).map(|name| name.span)
    }

    /// What the component has beside what the catalog gives it, where a fault may come from that.
    fn of_fault(&self, fault: &Fault) -> Vec<Span> {
        let Some(config) = self.config else { return Vec::new() };
        match fault {
            Fault::ServerRefused(_)
            | Fault::ClientRefused(_)
            | Fault::ForeignAuthority(_)
            | Fault::OtherCertificate(_)
            | Fault::OtherAuthority(_) => config.bundles.iter().map(|addition| addition.span).collect(),
            Fault::Name { .. } => config.names.iter().map(|name| name.span).collect(),
            // Which flag it is, only the other one of a pair says, or the program.
            Fault::OtherKey | Fault::DoesNotStart(_) | Fault::Ignored(_) => {
                config.flags.iter().map(|change| change.name.span).collect()
            }
            _ => Vec::new(),
        }
    }
}
