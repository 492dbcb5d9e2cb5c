//! Finds ports that two programs of one host take.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::fault::{Fault, Finding, Subject};
use crate::wiring::{Hidden, HostIndex, Listen, Program, ProgramIndex, Socket, Wiring};

/// Who listens where.
struct Taken<'w> {
    program: ProgramIndex,
    listen: &'w Listen,
    socket: &'w Socket,
}

/// Programs that listen where another one of their host does. Each is reported with the first one that it meets.
pub(super) fn review(wiring: &Wiring) -> Vec<Finding> {
    let mut by_port: BTreeMap<(HostIndex, u16), Vec<Taken<'_>>> = BTreeMap::new();
    for (index, program) in wiring.programs.enumerate() {
        let Some(host) = program.host.filter(|_| program.starts && !program.is_object) else { continue };
        for listen in program.listens.iter().filter(|listen| listen.hidden != Some(Hidden::Network)) {
            for socket in listen.sockets.iter().filter(|socket| socket.port != 0) {
                by_port.entry((host, socket.port)).or_default().push(Taken {
                    program: index,
                    listen,
                    socket,
                });
            }
        }
    }
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    for all in by_port.into_values() {
        for (at, taken) in all.iter().enumerate() {
            let meets = |other: &&Taken<'_>| {
                other.program != taken.program && overlap(other.socket.address, taken.socket.address)
            };
            if let Some(other) = all[..at].iter().find(meets)
                && known.insert((taken.program, other.program))
            {
                found.push(finding(wiring, taken, other));
            }
        }
    }
    found
}

/// Whether the kernel refuses the second of two: what listens at all addresses has each of them.
fn overlap(one: Option<IpAddr>, other: Option<IpAddr>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one == other)
}

fn finding(wiring: &Wiring, taken: &Taken<'_>, other: &Taken<'_>) -> Finding {
    let program = &wiring.programs[other.program];
    Finding {
        fault: Fault::PortTaken {
            address: taken.socket.address.or(other.socket.address),
            port: taken.socket.port,
            component: Arc::clone(&program.component),
            listen: Arc::clone(&other.listen.name),
        },
        subject: subject(&wiring.programs[taken.program], taken),
        other: Some(subject(program, other)),
        dial: None,
    }
}

fn subject(program: &Program, taken: &Taken<'_>) -> Subject {
    let slot = taken.listen.slot.clone();
    let file = slot.as_ref().and_then(|slot| slot.at.clone()).unwrap_or_else(|| program.at.clone());
    Subject { program: taken.program, slot, file: Some(file) }
}
