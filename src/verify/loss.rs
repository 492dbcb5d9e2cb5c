//! Finds what no longer works when any one host is down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::proof::{Connection, Proof, Verdict};
use crate::wiring::{HostIndex, ProgramIndex, Wiring};

/// What does not work without a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// The host that is down.
    pub host: HostIndex,
    /// The component that is cut off, and by which dial.
    pub client: (Arc<str>, Arc<str>),
    /// What it does not reach any more.
    pub server: Arc<str>,
    /// On which hosts; people have none.
    pub on: BTreeSet<Option<HostIndex>>,
}

/// On which hosts, by the host that is down, the client with its dial, and the server.
type CutOff = BTreeMap<(HostIndex, Arc<str>, Arc<str>, Arc<str>), BTreeSet<Option<HostIndex>>>;

/// Everything that is cut off by the loss of one host, for each host. `votes` says of which programs more than half of the
/// instances must be there.
#[must_use]
pub fn losses(wiring: &Wiring, proof: &Proof, votes: impl Fn(ProgramIndex) -> bool) -> Vec<Lost> {
    let mut by_target: BTreeMap<(ProgramIndex, usize, usize), Vec<&Connection>> = BTreeMap::new();
    for connection in &proof.connections {
        let dial = &wiring.programs[connection.client].dials[connection.dial];
        // One that needs an answer of any target is asked once; one that has several and needs them all loses those that
        // are on the host.
        let target = if dial.any { 0 } else { connection.target };
        let many = !dial.any && dial.targets.len() > 1 && dial.slot.is_some() && is_each(connection, dial);
        if !many {
            by_target.entry((connection.client, connection.dial, target)).or_default().push(connection);
        }
    }
    let mut lost: CutOff = BTreeMap::new();
    for ((client, dial, _), connections) in &by_target {
        let program = &wiring.programs[*client];
        let own = program.host;
        for down in needed(wiring, connections).into_iter().filter(|host| Some(*host) != own) {
            let dial = &program.dials[*dial];
            let (client, server) = (Arc::clone(&program.component), Arc::clone(&dial.to.component));
            lost.entry((down, client, Arc::clone(&dial.name), server)).or_default().insert(own);
        }
    }
    let cut_off = lost.into_iter().map(|((host, client, dial, server), on)| Lost {
        host,
        client: (client, dial),
        server,
        on,
    });
    let mut all: Vec<Lost> = cut_off.chain(quorums(wiring, votes)).collect();
    all.sort();
    all
}

/// Whether each of the addresses is a host of its own, and not another way to the same.
fn is_each(connection: &Connection, dial: &crate::wiring::Dial) -> bool {
    dial.targets.get(connection.target).is_some_and(|target| target.route == crate::wiring::Route::Address)
}

/// The hosts without which none of some connections is left that holds.
fn needed(wiring: &Wiring, connections: &[&Connection]) -> BTreeSet<HostIndex> {
    let holding = connections.iter().filter(|connection| matches!(connection.verdict, Verdict::Holds(_)));
    let touched = holding.map(|connection| {
        let programs = connection.server.iter().map(|(server, _)| server).chain(&connection.via);
        programs.filter_map(|program| wiring.programs[*program].host).collect::<BTreeSet<HostIndex>>()
    });
    touched.reduce(|one, other| &one & &other).unwrap_or_default()
}

/// Members that decide by majority, without one of them.
fn quorums(wiring: &Wiring, votes: impl Fn(ProgramIndex) -> bool) -> Vec<Lost> {
    let mut members: BTreeMap<(usize, &Arc<str>), BTreeSet<HostIndex>> = BTreeMap::new();
    for (index, program) in wiring.programs.enumerate().filter(|(index, _)| votes(*index)) {
        if let Some(host) = program.host {
            members.entry((wiring.part(index), &program.component)).or_default().insert(host);
        }
    }
    let mut lost = Vec::new();
    for ((_, component), hosts) in members {
        let needed = hosts.len() / 2 + 1;
        if hosts.len() > needed {
            continue;
        }
        for host in &hosts {
            lost.push(Lost {
                host: *host,
                client: (Arc::clone(component), "quorum".into()),
                server: Arc::clone(component),
                on: hosts.iter().filter(|other| *other != host).map(|other| Some(*other)).collect(),
            });
        }
    }
    lost
}
