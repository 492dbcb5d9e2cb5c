//! Checks what must be equal on all hosts, and whether keys that sign on one host are trusted on the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fault::{Fault, Finding, Subject};
use super::judged::Judged;
use crate::judge::Purpose;
use crate::values::Engine;
use crate::wiring::{Keys, Program, ProgramIndex, Same, Wiring};

/// What differs where nothing may differ.
pub(super) fn review(wiring: &Wiring, judged: &Judged) -> Vec<Finding> {
    let mut found = differing(wiring);
    found.extend(not_verifiable(wiring));
    found.extend(not_admitted(wiring, judged));
    found
}

fn differing(wiring: &Wiring) -> Vec<Finding> {
    let mut groups = BTreeMap::<(usize, &str, &str), Vec<(ProgramIndex, &Same)>>::new();
    for (index, program) in wiring.programs.enumerate().filter(|(_, program)| program.host.is_some()) {
        for same in program.same.iter().filter(|same| same.value.is_some()) {
            groups
                .entry((wiring.part(index), &program.component, &same.name))
                .or_default()
                .push((index, same));
        }
    }
    groups.into_values().flat_map(|group| odd_ones(&group)).collect()
}

/// Those that differ from most of the others; where there is no majority, from the first.
fn odd_ones(group: &[(ProgramIndex, &Same)]) -> Vec<Finding> {
    let mut counts = BTreeMap::<&Option<Vec<Arc<str>>>, usize>::new();
    for (_, same) in group {
        *counts.entry(&same.value).or_default() += 1;
    }
    let most = counts.values().max().copied().unwrap_or_default();
    let Some((usual, model)) = group.iter().find(|(_, same)| counts[&same.value] == most) else {
        return Vec::new();
    };
    let subject = |program: ProgramIndex, same: &Same| Subject {
        program,
        slot: Some(same.slot.clone()),
        file: same.slot.at.clone(),
    };
    let odd = group.iter().filter(|(_, same)| same.value != model.value);
    odd.map(|(program, same)| Finding {
        fault: Fault::Differs { what: Arc::clone(&same.name), because: Arc::clone(&same.because) },
        subject: subject(*program, same),
        other: Some(subject(*usual, model)),
        dial: None,
    })
    .collect()
}

/// Every signer against every verifier.
fn not_verifiable(wiring: &Wiring) -> Vec<Finding> {
    let all = || {
        let programs = wiring.programs.enumerate();
        programs.flat_map(|(index, program)| program.keys.iter().map(move |keys| (index, keys)))
    };
    let mut found = Vec::new();
    for (signer, keys) in all() {
        let Some(signs) = &keys.signs else { continue };
        let Some(key) = signs.get() else { continue };
        let is_of_it = |program: ProgramIndex| wiring.part(program) == wiring.part(signer);
        let verifiers = all().filter(|(program, other)| {
            is_of_it(*program) && other.name == keys.name && !other.verifies.is_empty()
        });
        for (verifier, other) in verifiers.filter(|(_, other)| knows_all(other)) {
            let verifies = other.verifies.iter().filter_map(|held| held.get()).flatten();
            if verifies.into_iter().any(|public| public == key) {
                continue;
            }
            let first = other.verifies.first();
            found.push(Finding {
                fault: Fault::NotVerifiable { keys: Arc::clone(&keys.name) },
                subject: Subject {
                    program: signer,
                    slot: Some(signs.slot.clone()),
                    file: Some(signs.at.clone()),
                },
                other: Some(Subject {
                    program: verifier,
                    slot: first.map(|held| held.slot.clone()),
                    file: first.map(|held| held.at.clone()),
                }),
                dial: None,
            });
        }
    }
    found
}

/// Whether all that verifies is known; what cannot be read was told where that was looked at.
fn knows_all(keys: &Keys) -> bool {
    keys.verifies.iter().all(|held| held.content.is_ok())
}

/// What a program issues must be let in where it is meant for.
fn not_admitted(wiring: &Wiring, judged: &Judged) -> Vec<Finding> {
    let mut found = Vec::new();
    let signers = wiring
        .programs
        .enumerate()
        .flat_map(|(index, program)| program.signers.iter().map(move |signer| (index, signer)));
    for (index, signer) in signers {
        let (Some(goal), Some(chain)) = (&signer.clients_of, signer.certificate.get()) else { continue };
        let servers = wiring.programs.enumerate().filter(|(server, program)| {
            program.component == goal.component && wiring.part(*server) == wiring.part(index)
        });
        for (server, program) in servers {
            let Some(pool) = pool_of(program, &goal.listen) else { continue };
            let Some(content) = pool.get() else { continue };
            if let Err(refusal) = judged.issuer(chain, content, Purpose::Client, Engine::Go) {
                let subject = |program, slot: &crate::wiring::Slot, file: &crate::host::Place| Subject {
                    program,
                    slot: Some(slot.clone()),
                    file: Some(file.clone()),
                };
                found.push(Finding {
                    fault: Fault::NotAdmitted(refusal),
                    subject: subject(index, &signer.certificate.slot, &signer.certificate.at),
                    other: Some(subject(server, &pool.slot, &pool.at)),
                    dial: None,
                });
            }
        }
    }
    found
}

fn pool_of<'w>(program: &'w Program, listen: &str) -> Option<&'w crate::wiring::Held<crate::wiring::Pool>> {
    program.listens.iter().find(|known| &*known.name == listen)?.clients.as_ref()
}
