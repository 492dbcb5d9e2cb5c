//! Finds the listens behind an address to which a client connects.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::request::Request;
use crate::wiring::{Goal, Hidden, Host, HostIndex, Listen, Program, ProgramIndex, Socket, Target, Wiring};

/// One listen of one program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ListenAt {
    pub(super) program: ProgramIndex,
    pub(super) listen: usize,
}

/// One that passes on what comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) at: ListenAt,
    /// By which of its dials, and to which of the dial's targets.
    pub(super) dial: usize,
    pub(super) target: usize,
}

/// A listen, and who passes on what is sent to it.
pub(super) type Arrived = (ListenAt, Vec<Hop>);

/// Where a dial arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arrival {
    /// At these listens, through those that pass it on.
    Listens(Vec<Arrived>),
    /// No host here has the address, or nothing here knows the name.
    Elsewhere,
    /// A host has the address, and only that knows where something of it listens; why.
    Unsure(Arc<str>),
    /// A host has the address, and nothing of it listens there.
    Nobody,
}

/// Listens by port, hosts by address.
pub(super) struct Reach<'w> {
    wiring: &'w Wiring,
    /// What is known of each plan.
    requests: &'w [Request<'w>],
    /// The plans of hosts, where there are several.
    plans: BTreeMap<HostIndex, BTreeSet<usize>>,
    by_address: BTreeMap<IpAddr, Vec<HostIndex>>,
    by_name: BTreeMap<&'w str, Vec<HostIndex>>,
    by_port: BTreeMap<(HostIndex, u16), Vec<(ListenAt, &'w Socket)>>,
    /// Why it is not known where some program of a host listens.
    unsure: BTreeMap<HostIndex, &'w Arc<str>>,
}

/// The program that connects.
#[derive(Debug, Clone, Copy)]
struct Whence {
    /// Its host; none: a person's.
    host: Option<HostIndex>,
    /// The position of its plan: names mean first what they mean there.
    part: usize,
}

/// Proxies behind proxies end here.
const DEEPEST: usize = 4;

impl<'w> Reach<'w> {
    pub(super) fn new(wiring: &'w Wiring, requests: &'w [Request<'w>]) -> Self {
        let mut by_address = BTreeMap::<_, Vec<HostIndex>>::new();
        let mut by_name = BTreeMap::<_, Vec<HostIndex>>::new();
        for (index, host) in wiring.hosts.enumerate() {
            for address in host.addresses.iter().chain(&host.holds).chain(&host.registers) {
                let hosts = by_address.entry(*address).or_default();
                if !hosts.contains(&index) {
                    hosts.push(index);
                }
            }
            for name in [Some(&host.name), host.registered.as_ref()].into_iter().flatten() {
                let hosts = by_name.entry(&**name).or_default();
                if !hosts.contains(&index) {
                    hosts.push(index);
                }
            }
        }
        let mut by_port = BTreeMap::<_, Vec<_>>::new();
        let mut unsure = BTreeMap::new();
        let mut plans = BTreeMap::<_, BTreeSet<usize>>::new();
        for (program, of) in wiring.programs.enumerate() {
            let Some(host) = of.host else { continue };
            if requests.len() > 1 {
                plans.entry(host).or_default().insert(wiring.part(program));
            }
            for (listen, at) in of.listens.iter().enumerate() {
                if let Some(Hidden::Unknown(why)) = &at.hidden {
                    unsure.entry(host).or_insert(why);
                }
                for socket in &at.sockets {
                    by_port
                        .entry((host, socket.port))
                        .or_default()
                        .push((ListenAt { program, listen }, socket));
                }
            }
        }
        Self { wiring, requests, plans, by_address, by_name, by_port, unsure }
    }

    pub(super) fn listen(&self, at: ListenAt) -> (&'w Program, &'w Listen) {
        let program = &self.wiring.programs[at.program];
        (program, &program.listens[at.listen])
    }

    /// Where a target of a program leads.
    pub(super) fn arrive(&self, client: ProgramIndex, target: &Target) -> Arrival {
        self.through(self.whence(client), target, DEEPEST)
    }

    fn whence(&self, program: ProgramIndex) -> Whence {
        Whence { host: self.wiring.programs[program].host, part: self.wiring.part(program) }
    }

    /// What is known of the plans, that of the program that connects first.
    fn known(&self, from: Whence) -> impl Iterator<Item = (usize, &'w Request<'w>)> {
        let own = self.requests.get(from.part).map(|own| (from.part, own));
        let others = self.requests.iter().enumerate().filter(move |(part, _)| *part != from.part);
        own.into_iter().chain(others)
    }

    fn through(&self, from: Whence, target: &Target, depth: usize) -> Arrival {
        if let Some((part, goal)) = self.door(from, target) {
            let all = self.all(part, &goal.component, &goal.listen);
            return Arrival::Listens(all.into_iter().map(|at| (at, Vec::new())).collect());
        }
        let Some(places) = self.places(from, &target.host) else {
            let is_to_be = self.is_to_be_here(from, &target.host);
            return if is_to_be { Arrival::Nobody } else { Arrival::Elsewhere };
        };
        let unsure = places.iter().find_map(|(host, _)| self.unsure.get(host).copied());
        let mut arrived = Vec::new();
        for (host, address) in places {
            let sockets = self.by_port.get(&(host, target.port)).into_iter().flatten();
            for (at, _) in sockets.filter(|(_, socket)| socket.address.is_none_or(|own| own == address)) {
                arrived.extend(self.pass(*at, host, target, depth));
            }
        }
        arrived.dedup();
        match unsure {
            Some(why) if arrived.is_empty() => Arrival::Unsure(Arc::clone(why)),
            _ if arrived.is_empty() => Arrival::Nobody,
            _ => Arrival::Listens(arrived),
        }
    }

    /// Whether hosts of the plan are to have what is dialled.
    fn is_to_be_here(&self, from: Whence, dialled: &str) -> bool {
        let addresses = self.addresses(from, dialled);
        !addresses.is_empty() && addresses.iter().all(|address| self.is_moving(&address.to_canonical()))
    }

    fn is_moving(&self, address: &IpAddr) -> bool {
        self.requests.iter().any(|request| request.moving.contains(address))
    }

    /// Of the addresses of a name those that hosts are to have, and none has.
    pub(super) fn unheld(&self, client: ProgramIndex, dialled: &str) -> Vec<IpAddr> {
        let addresses = self.addresses(self.whence(client), dialled);
        let addresses = addresses.into_iter().map(|address| address.to_canonical());
        let is_unheld = |address: &IpAddr| self.is_moving(address) && !self.by_address.contains_key(address);
        addresses.filter(is_unheld).collect()
    }

    /// The addresses of what is dialled, as far as nothing but the plan says them.
    fn addresses(&self, from: Whence, dialled: &str) -> Vec<IpAddr> {
        if let Ok(address) = dialled.trim_matches(['[', ']']).parse::<IpAddr>() {
            return vec![address];
        }
        let name = dialled.strip_suffix('.').unwrap_or(dialled).to_ascii_lowercase();
        self.named(from, &name).cloned().unwrap_or_default()
    }

    /// The addresses that plans give to a name which no host has.
    fn named(&self, from: Whence, name: &str) -> Option<&'w Vec<IpAddr>> {
        self.known(from).find_map(|(_, request)| request.names.get(name))
    }

    /// What somebody else leads to, and in which plan.
    fn door(&self, from: Whence, target: &Target) -> Option<(usize, &'w Goal)> {
        let at = (*self.addresses(from, &target.host).first()?, target.port);
        self.known(from).find_map(|(part, request)| Some((part, request.doors.get(&at)?)))
    }

    /// The listen itself, or what stands behind it.
    fn pass(&self, at: ListenAt, host: HostIndex, target: &Target, depth: usize) -> Vec<Arrived> {
        let (program, listen) = self.listen(at);
        let Some(passes) = listen.passes.as_ref().filter(|_| depth > 0) else {
            return vec![(at, Vec::new())];
        };
        let sections: Vec<&Arc<str>> = listen
            .sockets
            .iter()
            .filter(|socket| socket.port == target.port)
            .filter_map(|s| s.section.as_ref())
            .collect();
        let known: Vec<&Arc<str>> = passes
            .sections
            .iter()
            .filter(|(door, _)| sections.contains(&door))
            .map(|(_, behind)| behind)
            .collect();
        // Where a section does not say to which it passes, it may be any.
        let leads =
            |to: &Target| known.is_empty() || to.section.as_ref().is_none_or(|to| known.contains(&to));
        let dials = program.dials.iter().enumerate().filter(|(_, dial)| dial.name == passes.dial);
        let targets = dials.flat_map(|(at, dial)| dial.targets.iter().enumerate().map(move |to| (at, to)));
        let mut behind = Vec::new();
        for (dial, (target, to)) in targets.filter(|(_, (_, to))| leads(to)) {
            let from = Whence { host: Some(host), ..self.whence(at.program) };
            if let Arrival::Listens(found) = self.through(from, to, depth - 1) {
                behind.extend(found.into_iter().map(|(server, mut via)| {
                    via.insert(0, Hop { at, dial, target });
                    (server, via)
                }));
            }
        }
        behind
    }

    /// The hosts that have what is dialled, with the address by which they are reached; none where nobody here knows.
    fn places(&self, from: Whence, dialled: &str) -> Option<Vec<(HostIndex, IpAddr)>> {
        if let Ok(address) = dialled.trim_matches(['[', ']']).parse::<IpAddr>() {
            return self.of_address(from.host, address.to_canonical());
        }
        if dialled.eq_ignore_ascii_case("localhost") {
            return from.host.map(|host| vec![(host, IpAddr::from([127, 0, 0, 1]))]);
        }
        let name = dialled.strip_suffix('.').unwrap_or(dialled).to_ascii_lowercase();
        if let Some(addresses) = self.named(from, &name) {
            let found: Vec<_> = addresses
                .iter()
                .filter_map(|address| self.of_address(from.host, *address))
                .flatten()
                .collect();
            return (!found.is_empty()).then_some(found);
        }
        let all = self.by_name.get(&*name)?;
        let is_own = |host: &&HostIndex| self.plans.get(host).is_some_and(|plans| plans.contains(&from.part));
        let own: Vec<&HostIndex> = all.iter().filter(is_own).collect();
        let meant = if own.is_empty() { all.iter().collect() } else { own };
        let named = meant.into_iter().flat_map(|host| {
            let of: &Host = &self.wiring.hosts[*host];
            of.addresses.iter().chain(&of.registers).map(|address| (*host, *address))
        });
        Some(named.collect())
    }

    fn of_address(&self, from: Option<HostIndex>, address: IpAddr) -> Option<Vec<(HostIndex, IpAddr)>> {
        if address.is_loopback() || address.is_unspecified() {
            return from.map(|host| vec![(host, address)]);
        }
        let hosts = self.by_address.get(&address)?;
        Some(hosts.iter().map(|host| (*host, address)).collect())
    }

    /// Every listen of a component of a plan by its name.
    pub(super) fn all(&self, part: usize, component: &str, listen: &str) -> Vec<ListenAt> {
        let mut found = Vec::new();
        let all = self.wiring.programs.enumerate().filter(|(_, of)| &*of.component == component);
        for (program, of) in all.filter(|(program, _)| self.wiring.part(*program) == part) {
            let listens = of.listens.iter().enumerate().filter(|(_, known)| &*known.name == listen);
            found.extend(listens.map(|(listen, _)| ListenAt { program, listen }));
        }
        found
    }
}
