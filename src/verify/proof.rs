//! All connections, and all that is wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::end::Authorities;
use super::fault::{Fault, Finding, Subject};
use super::identity::Grants;
use super::judged::Judged;
use super::pair::{Judgement, Pair};
use super::reach::{Arrival, Doors, ListenAt, Names, Reach};
use super::{end, equal};
use crate::host::Place;
use crate::values::Instant;
use crate::wiring::{
    Credential, Dial, Goal, Held, Program, ProgramIndex, Route, Signer, Slot, Target, Trust, Wiring,
};

/// What a proof is about.
pub struct Request<'r> {
    /// When.
    pub now: Instant,
    /// Addresses of names that no host has.
    pub names: &'r Names,
    /// What stands behind addresses that no host has: others lead there.
    pub doors: &'r Doors,
    /// Who may do what.
    pub grants: &'r Grants,
    /// The authorities that the plan knows; none: nobody knows all of them.
    pub authorities: Option<&'r Authorities>,
}

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

/// Proves every connection of a wiring.
#[must_use]
pub fn prove(wiring: &Wiring, request: &Request<'_>) -> Proof {
    let judged = Judged::new(request.now);
    let reach = Reach::new(wiring, request.names, request.doors);
    let mut findings = end::review(wiring, request.authorities);
    findings.extend(equal::review(wiring, &judged));
    let mut signers: BTreeMap<&Goal, Vec<&Signer>> = BTreeMap::new();
    for signer in wiring.programs.iter().flat_map(|program| &program.signers) {
        if let Some(goal) = &signer.clients_of {
            signers.entry(goal).or_default().push(signer);
        }
    }
    let prover = Prover { wiring, reach: &reach, judged: &judged, grants: request.grants, signers };
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
    grants: &'p Grants,
    /// What issues certificates that lead somewhere.
    signers: BTreeMap<&'p Goal, Vec<&'p Signer>>,
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
        let from = self.wiring.programs[client].host;
        let arrived = match self.arrive(client, dial, target) {
            Ok(arrived) => arrived,
            Err(judgement) => return vec![(None, Vec::new(), judgement)],
        };
        let judge = |(at, via): (ListenAt, Vec<ListenAt>)| {
            let (program, listen) = self.reach.listen(at);
            let via = via.into_iter().map(|at| at.program).collect();
            let is_goal = program.component == dial.to.component && listen.name == dial.to.listen;
            if !is_goal {
                let fault = Fault::OtherListens {
                    dialled: Arc::clone(&target.host),
                    port: target.port,
                    component: Arc::clone(&program.component),
                    listen: Arc::clone(&listen.name),
                };
                return (Some(at), via, Judgement::Broken(fault));
            }
            let from = from.map(|host| &self.wiring.hosts[host]);
            let signers = self.signers.get(&dial.to).map_or(&[][..], Vec::as_slice);
            let pair = Pair { dial, target, listen, from, signers };
            (Some(at), via, pair.judge(self.judged, self.grants))
        };
        arrived.into_iter().map(judge).collect()
    }

    fn arrive(
        &self,
        client: ProgramIndex,
        dial: &Dial,
        target: &Target,
    ) -> Result<Vec<(ListenAt, Vec<ListenAt>)>, Judgement> {
        if target.route != Route::Address {
            let all = self.reach.all(&dial.to.component, &dial.to.listen).into_iter();
            let reached = all.filter(|at| target.route == Route::Cluster || at.program == client);
            return Ok(reached.map(|at| (at, Vec::new())).collect());
        }
        match self.reach.arrive(self.wiring.programs[client].host, target) {
            Arrival::Listens(arrived) => Ok(arrived),
            Arrival::Elsewhere => Err(Judgement::Unknown(format!("no host here is {}", target.host))),
            Arrival::Nobody => Err(Judgement::Broken(Fault::NobodyListens {
                dialled: Arc::clone(&target.host),
                port: target.port,
            })),
        }
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
            Fault::ClientRefused(_) | Fault::NoClients | Fault::NoCertificate => clients,
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
