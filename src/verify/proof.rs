//! The proof: all connections with their verdicts, and all findings.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use rayon::prelude::*;

use super::fault::{Fault, Finding, Subject};
use super::identity::Grants;
use super::judged::Judged;
use super::pair::{Judgement, Pair};
use super::reach::{Arrival, Arrived, Hop, ListenAt, Reach};
use super::request::Request;
use super::{end, equal, ports};
use crate::diagnostics::Severity;
use crate::host::Place;
use crate::values::Instant;
use crate::wiring::{
    Credential, Dial, Goal, Held, Listen, Program, ProgramIndex, Route, Signer, Slot, Target, Trust, Wiring,
};

/// A connection and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Who dials.
    pub client: ProgramIndex,
    /// Which of its dials.
    pub dial: usize,
    /// Which of the dial's targets.
    pub target: usize,
    /// Who is dialled, and which of its listens; none where nobody is there.
    pub server: Option<(ProgramIndex, usize)>,
    /// Through whom.
    pub via: Vec<ProgramIndex>,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// What becomes of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds until this instant; none: for ever.
    Holds(Option<Instant>),
    /// It does not hold: the position of its finding.
    Broken,
    /// Nobody can say; why not.
    Unknown(String),
}

/// What was proven.
pub struct Proof {
    /// Every connection.
    pub connections: Vec<Connection>,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// Until when all that holds holds; none: for ever, or nothing holds.
    pub until: Option<Instant>,
}

impl Proof {
    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.fault.severity() == Severity::Error).count()
    }

    /// How many connections hold.
    #[must_use]
    pub fn holding(&self) -> usize {
        self.connections.iter().filter(|one| matches!(one.verdict, Verdict::Holds(_))).count()
    }

    /// Of how many connections nobody can say it.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.connections.iter().filter(|one| matches!(one.verdict, Verdict::Unknown(_))).count()
    }
}

/// Proves every connection of a wiring.
#[must_use]
pub fn prove(wiring: &Wiring, request: &Request<'_>) -> Proof {
    prove_all(wiring, request.now, std::slice::from_ref(request))
}

/// Proves every connection of plans that are one wiring: each has a request of its own, in the order of the wiring's parts.
#[must_use]
pub fn prove_all(wiring: &Wiring, now: Instant, requests: &[Request<'_>]) -> Proof {
    let judged = Judged::new(now);
    let reach = Reach::new(wiring, requests);
    let mut findings = end::review(wiring, requests);
    findings.extend(equal::review(wiring, &judged));
    findings.extend(ports::review(wiring));
    for (part, request) in requests.iter().enumerate() {
        findings.extend(given_to_all(wiring, part, request.grants));
    }
    let mut signers: Signers<'_> = BTreeMap::new();
    for (index, program) in wiring.programs.enumerate() {
        for signer in &program.signers {
            if let Some(goal) = &signer.clients_of {
                signers.entry((wiring.part(index), goal)).or_default().push(signer);
            }
        }
    }
    let stopped = stopped(&findings);
    let prover = Prover { wiring, reach: &reach, judged: &judged, requests, signers, stopped };
    let programs: Vec<ProgramIndex> = wiring.programs.indices().collect();
    let proven: Vec<_> = programs.into_par_iter().map(|program| prover.program(program)).collect();
    let mut connections = Vec::new();
    for (of_program, broken) in proven {
        connections.extend(of_program);
        findings.extend(broken);
    }
    let ends = connections.iter().filter_map(|connection| match connection.verdict {
        Verdict::Holds(until) => until,
        _ => None,
    });
    let until = ends.min();
    Proof { connections, findings, until }
}

struct Prover<'p> {
    wiring: &'p Wiring,
    reach: &'p Reach<'p>,
    judged: &'p Judged,
    requests: &'p [Request<'p>],
    signers: Signers<'p>,
    stopped: Stopped,
}

/// What issues certificates that lead somewhere, by the plan and where that is.
type Signers<'p> = BTreeMap<(usize, &'p Goal), Vec<&'p Signer>>;

/// What the objects of a plan give to everybody, once: at the first server that has paths at which everybody gets an answer.
fn given_to_all(wiring: &Wiring, part: usize, grants: &Grants) -> Vec<Finding> {
    let programs = wiring.programs.enumerate().filter(|(index, _)| wiring.part(*index) == part);
    let mut servers =
        programs.filter(|(_, program)| program.listens.iter().any(|listen| !listen.answers.is_empty()));
    let Some((program, _)) = servers.next() else { return Vec::new() };
    let found = grants.given_to_all().map(|(role, group)| Finding {
        fault: Fault::GivenToAll { role: Arc::clone(role), group: Arc::clone(group) },
        subject: Subject { program, slot: None, file: None },
        other: None,
        dial: None,
    });
    found.collect()
}

/// Inputs that give a program nothing that it can use.
type Stopped = BTreeSet<(ProgramIndex, Slot)>;

fn stopped(findings: &[Finding]) -> Stopped {
    let is_unusable =
        |fault: &Fault| matches!(fault, Fault::Material(_) | Fault::OtherKey | Fault::Unreadable { .. });
    let unusable = findings.iter().filter(|finding| is_unusable(&finding.fault));
    unusable.filter_map(|finding| Some((finding.subject.program, finding.subject.slot.clone()?))).collect()
}

impl<'p> Prover<'p> {
    fn program(&self, client: ProgramIndex) -> (Vec<Connection>, Vec<Finding>) {
        let (mut connections, mut findings) = (Vec::new(), Vec::new());
        for (dial, of) in self.wiring.programs[client].dials.iter().enumerate() {
            for (target, to) in of.targets.iter().enumerate() {
                for (server, via, verdict) in self.target(client, of, to) {
                    let verdict = match verdict {
                        Judgement::Holds(until) => Verdict::Holds(until),
                        Judgement::Unknown(why) => Verdict::Unknown(why),
                        Judgement::Reported => Verdict::Broken,
                        Judgement::Broken(fault) => {
                            let other = server.map(|server| self.server_subject(server, &fault));
                            let subject = self.client_subject(client, of, &fault);
                            findings.push(Finding {
                                fault,
                                subject,
                                other,
                                dial: Some(Arc::clone(&of.name)),
                            });
                            Verdict::Broken
                        }
                    };
                    let server = server.map(|at| (at.program, at.listen));
                    connections.push(Connection { client, dial, target, server, via, verdict });
                }
            }
        }
        (connections, findings)
    }

    fn target(
        &self,
        client: ProgramIndex,
        dial: &'p Dial,
        target: &'p Target,
    ) -> Vec<(Option<ListenAt>, Vec<ProgramIndex>, Judgement)> {
        let arrived = match self.arrive(client, dial, target) {
            Ok(arrived) => arrived,
            Err(judgement) => return vec![(None, Vec::new(), judgement)],
        };
        let others = arrived.into_iter().filter(|(at, _)| !dial.others || at.program != client);
        let (open, shut): (Vec<Arrived>, Vec<Arrived>) =
            others.partition(|(at, via)| via.last().is_none_or(|hop| self.passes(*hop, *at)));
        let first = |(_, via): &Arrived| via.first().map(|hop| hop.at.program);
        let leads: BTreeSet<ProgramIndex> = open.iter().filter_map(first).collect();
        let nowhere: BTreeSet<ProgramIndex> =
            shut.iter().filter_map(first).filter(|door| !leads.contains(door)).collect();
        let judged = open.into_iter().map(|(at, via)| {
            let via = via.into_iter().map(|hop| hop.at.program).collect();
            (Some(at), via, self.pair((client, dial, target), at))
        });
        let unheld = self.reach.unheld(client, &target.host).into_iter().map(|address| {
            let fault = Fault::NobodyListens { dialled: address.to_string().into(), port: target.port };
            (None, Vec::new(), Judgement::Broken(fault))
        });
        // Why it leads nowhere was told of what it dials itself.
        let judged = judged.chain(unheld);
        judged.chain(nowhere.into_iter().map(|door| (None, vec![door], Judgement::Reported))).collect()
    }

    /// Whether one that passes on what comes in sends it to this listen.
    fn passes(&self, hop: Hop, to: ListenAt) -> bool {
        let (program, _) = self.reach.listen(hop.at);
        let dial = program.dials.get(hop.dial).and_then(|dial| Some((dial, dial.targets.get(hop.target)?)));
        let Some((dial, target)) = dial else { return false };
        let judgement = self.pair((hop.at.program, dial, target), to);
        matches!(judgement, Judgement::Holds(_) | Judgement::Unknown(_))
    }

    fn pair(&self, (client, dial, target): (ProgramIndex, &Dial, &Target), at: ListenAt) -> Judgement {
        let (program, listen) = self.reach.listen(at);
        if program.component != dial.to.component || listen.name != dial.to.listen {
            return Judgement::Broken(Fault::OtherListens {
                dialled: Arc::clone(&target.host),
                port: target.port,
                component: Arc::clone(&program.component),
                listen: Arc::clone(&listen.name),
            });
        }
        if self.is_stopped(client, of_dial(dial)) || self.is_stopped(at.program, of_listen(listen)) {
            return Judgement::Reported;
        }
        let from = self.wiring.programs[client].host.map(|host| &self.wiring.hosts[host]);
        let part = self.wiring.part(at.program);
        let Some(request) = self.requests.get(part) else { return Judgement::Reported };
        let signers = self.signers.get(&(part, &dial.to)).map_or(&[][..], Vec::as_slice);
        Pair { dial, target, listen, from, signers }.judge(self.judged, request.grants)
    }

    fn is_stopped<'s>(&self, program: ProgramIndex, slots: impl IntoIterator<Item = &'s Slot>) -> bool {
        slots.into_iter().any(|slot| self.stopped.contains(&(program, slot.clone())))
    }

    fn arrive(&self, client: ProgramIndex, dial: &Dial, target: &Target) -> Result<Vec<Arrived>, Judgement> {
        if target.route != Route::Address {
            let part = self.wiring.part(client);
            let all = self.reach.all(part, &dial.to.component, &dial.to.listen).into_iter();
            let reached = all.filter(|at| target.route == Route::Cluster || at.program == client);
            return Ok(reached.map(|at| (at, Vec::new())).collect());
        }
        match self.reach.arrive(client, target) {
            Arrival::Listens(arrived) => Ok(arrived),
            Arrival::Unsure(why) => Err(Judgement::Unknown(why.to_string())),
            Arrival::Elsewhere => Err(Judgement::Unknown(format!("no host here is {}", target.host))),
            // Of itself it needs nothing.
            Arrival::Nobody if dial.others && self.is_own(client, target) => Ok(Vec::new()),
            Arrival::Nobody => Err(Judgement::Broken(Fault::NobodyListens {
                dialled: Arc::clone(&target.host),
                port: target.port,
            })),
        }
    }

    fn is_own(&self, client: ProgramIndex, target: &Target) -> bool {
        let address = target.host.trim_matches(['[', ']']).parse::<IpAddr>();
        let host = self.wiring.programs[client].host.map(|host| &self.wiring.hosts[host]);
        address.is_ok_and(|address| host.is_some_and(|host| host.has(address.to_canonical())))
    }

    /// The input of the client that a fault is about.
    fn client_subject(&self, program: ProgramIndex, dial: &Dial, fault: &Fault) -> Subject {
        let of_held = |slot: &Slot, at: &Place| (Some(slot.clone()), Some(at.clone()));
        let said = || (dial.slot.clone(), dial.slot.as_ref().and_then(|slot| slot.at.clone()));
        let (slot, file) = match (fault, &dial.trusts, &dial.credential) {
            (Fault::ServerRefused(_), Trust::Pool(Held { slot, at, .. }), _) => of_held(slot, at),
            (
                Fault::ClientRefused(_)
                | Fault::CommonName { .. }
                | Fault::Source { .. }
                | Fault::Rights { .. }
                | Fault::NoClients,
                _,
                Credential::Pair { certificate, .. },
            ) => of_held(&certificate.slot, &certificate.at),
            _ => said(),
        };
        Subject { program, slot, file }
    }

    /// The input of the server that a fault is about.
    fn server_subject(&self, at: ListenAt, fault: &Fault) -> Subject {
        let (program, listen): (&Program, _) = self.reach.listen(at);
        let certificate = listen.certificate.as_ref().map(|held| (&held.slot, &held.at));
        let clients = listen.clients.as_ref().map(|held| (&held.slot, &held.at));
        let held = match fault {
            Fault::ServerRefused(_) | Fault::Name { .. } | Fault::Plain(_) => certificate,
            Fault::ClientRefused(_) | Fault::NoClients | Fault::NoCertificate | Fault::NoCredential => {
                clients
            }
            _ => None,
        };
        let names = listen.names.as_ref().filter(|_| matches!(fault, Fault::CommonName { .. }));
        let (slot, file) = match (held, names) {
            (Some((slot, file)), _) => (Some(slot.clone()), Some(file.clone())),
            (None, Some((_, slot))) => (Some(slot.clone()), slot.at.clone()),
            (None, None) => (listen.slot.clone(), Some(program.at.clone())),
        };
        Subject { program: at.program, slot, file }
    }
}

/// What a connection needs of the inputs of who dials.
fn of_dial(dial: &Dial) -> Vec<&Slot> {
    let mut slots = Vec::new();
    if let Credential::Pair { certificate, key } = &dial.credential {
        slots.extend([&certificate.slot, &key.slot]);
    }
    if let Trust::Pool(pool) = &dial.trusts {
        slots.push(&pool.slot);
    }
    slots
}

/// And of who listens.
fn of_listen(listen: &Listen) -> Vec<&Slot> {
    let certificate = listen.certificate.iter().map(|held| &held.slot);
    let key = listen.key.iter().map(|held| &held.slot);
    certificate.chain(key).chain(listen.clients.iter().map(|held| &held.slot)).collect()
}
