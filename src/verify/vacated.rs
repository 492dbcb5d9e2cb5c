//! Addresses at which only one side of a rollout listens: a client that has not changed yet finds nothing there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::fault::{Fault, Finding, Subject};
use super::proof::{Connection, Proof, Verdict};
use crate::wiring::{Program, ProgramIndex, Route, Target, Wiring};

/// One client and one of its dials.
type Caller = (ProgramIndex, usize);

/// Connections of one side to addresses that a program of the same host and kind has left on the other side; `is_new` says
/// which side a program is of. Where one answer is enough, all of them must be left.
pub(super) fn vacated(wiring: &Wiring, proof: &Proof, is_new: impl Fn(ProgramIndex) -> bool) -> Vec<Finding> {
    let mut counterparts: BTreeMap<(&str, &str, bool), Vec<ProgramIndex>> = BTreeMap::new();
    for (index, program) in wiring.programs.enumerate() {
        if let Some(host) = program.host {
            let key = (&*wiring.hosts[host].name, &*program.component, is_new(index));
            counterparts.entry(key).or_default().push(index);
        }
    }
    let mut found: BTreeMap<Caller, Vec<Finding>> = BTreeMap::new();
    let mut answered: BTreeSet<Caller> = BTreeSet::new();
    for connection in &proof.connections {
        let Some((target, front)) = directly(wiring, connection) else { continue };
        if is_new(connection.client) != is_new(front) {
            continue;
        }
        let program = &wiring.programs[front];
        let Some(host) = program.host else { continue };
        let key = (&*wiring.hosts[host].name, &*program.component, !is_new(front));
        let others = counterparts.get(&key).map_or(&[][..], Vec::as_slice);
        let caller = (connection.client, connection.dial);
        match others.first() {
            Some(left) if others.iter().all(|other| has_left(&wiring.programs[*other], target)) => {
                found.entry(caller).or_default().push(finding(wiring, connection, target, *left));
            }
            _ => {
                answered.insert(caller);
            }
        }
    }
    found.retain(|(client, dial), _| {
        let is_enough = wiring.programs[*client].dials.get(*dial).is_some_and(|dial| dial.any);
        !(is_enough && answered.contains(&(*client, *dial)))
    });
    found.into_values().flatten().collect()
}

/// The address of a connection that holds, and who takes it there.
fn directly<'w>(wiring: &'w Wiring, connection: &Connection) -> Option<(&'w Target, ProgramIndex)> {
    let (server, _) = connection.server?;
    if !matches!(connection.verdict, Verdict::Holds(_)) {
        return None;
    }
    let dial = wiring.programs[connection.client].dials.get(connection.dial)?;
    // A kubelet says in the status of its node at which port it is (pkg/kubelet/client, NodeConnectionInfoGetter).
    if dial.looked_up {
        return None;
    }
    let target = dial.targets.get(connection.target)?;
    let front = connection.via.first().copied().unwrap_or(server);
    (target.route == Route::Address).then_some((target, front))
}

/// Whether a program listens, and not where it is called.
fn has_left(program: &Program, target: &Target) -> bool {
    let called = target.host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let mut sockets = program.listens.iter().flat_map(|listen| &listen.sockets).peekable();
    let takes = |address: Option<IpAddr>| match (address, called) {
        (Some(own), Some(called)) => own.to_canonical() == called.to_canonical(),
        _ => true,
    };
    sockets.peek().is_some() && !sockets.any(|socket| socket.port == target.port && takes(socket.address))
}

fn finding(wiring: &Wiring, connection: &Connection, target: &Target, left: ProgramIndex) -> Finding {
    let dial = wiring.programs[connection.client].dials.get(connection.dial);
    let slot = dial.and_then(|dial| dial.slot.clone());
    let file = slot.as_ref().and_then(|slot| slot.at.clone());
    let program = &wiring.programs[left];
    Finding {
        fault: Fault::NobodyListens { dialled: Arc::clone(&target.host), port: target.port },
        subject: Subject { program: connection.client, slot, file },
        other: Some(Subject { program: left, slot: None, file: Some(program.at.clone()) }),
        dial: dial.map(|dial| Arc::clone(&dial.name)),
    }
}
