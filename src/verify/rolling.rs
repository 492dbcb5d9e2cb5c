//! Proves the mixed states of a rollout, in which only some hosts have changed.
//!
//! The wirings before and after are put side by side, so that every client of one side meets every server of the other
//! side, in any order of changes. A connection that is broken there but works on both sides breaks during the rollout.
//! An order of waves excludes some of these meetings. What remains from before (tokens, certificates that the cluster
//! has issued, kubeconfigs of users) meets servers of the new side in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fault::{Fault, Finding, Subject};
use super::proof::{Proof, prove};
use super::request::Request;
use super::vacated::vacated;
use crate::wiring::{Host, HostIndex, ProgramIndex, Wiring};

/// When a program of a host changes: the position of its wave, by host and by what its component is called.
pub type Order = BTreeMap<(Arc<str>, Arc<str>), usize>;

/// Both sides, and the order between them.
pub struct Rollout<'r> {
    /// When what changes; none: no order is known, and everything may meet everything.
    pub order: Option<&'r Order>,
    /// What was proven of the side before.
    pub before: &'r Proof,
    /// What was proven of the side after.
    pub after: &'r Proof,
}

/// Which of two ends has changed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meeting {
    /// The one that the finding is about has changed, the other one has not.
    Ahead,
    /// It has not changed, and the other one has.
    Behind,
}

/// What breaks on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What, in the wiring that holds both sides.
    pub finding: Finding,
    /// Who has changed.
    pub meeting: Meeting,
    /// Whether it would not break if the other end changed first.
    pub order_helps: bool,
    /// The position of the wave in which it comes to this first; none: it may come to it at any time.
    pub wave: Option<usize>,
}

/// Whether the order of waves lets two ends meet.
enum Reached {
    /// No state has both.
    Never,
    /// Some state has, and no wave is known to be the first.
    Ever,
    /// From this wave on.
    From(usize),
}

/// Two wirings side by side.
pub struct Both {
    /// All programs: those from before come first.
    pub wiring: Wiring,
    before: usize,
}

impl Both {
    /// Puts two wirings side by side.
    #[must_use]
    pub fn new(before: Wiring, after: Wiring) -> Self {
        let mut both = Wiring::default();
        let count = before.programs.len();
        for side in [before, after] {
            let moved: Vec<HostIndex> =
                side.hosts.iter().map(|host: &Host| both.hosts.push(host.clone())).collect();
            for mut program in side.programs.into_items() {
                program.host = program.host.and_then(|host| moved.get(host.position()).copied());
                both.programs.push(program);
            }
        }
        Self { wiring: both, before: count }
    }

    fn is_new(&self, program: ProgramIndex) -> bool {
        program.position() >= self.before
    }

    fn host(&self, program: ProgramIndex) -> Option<&Arc<str>> {
        Some(&self.wiring.hosts[self.wiring.programs[program].host?].name)
    }

    /// When a program changes.
    fn wave(&self, order: &Order, program: ProgramIndex) -> Option<usize> {
        let host = self.host(program)?;
        let component = &self.wiring.programs[program].component;
        order.get(&(Arc::clone(host), Arc::clone(component))).copied()
    }

    /// What breaks between the two sides.
    #[must_use]
    pub fn broken(&self, request: &Request<'_>, rollout: &Rollout<'_>) -> Vec<Broken> {
        let proof = prove(&self.wiring, request);
        let vacated = vacated(&self.wiring, &proof, |program| self.is_new(program));
        let mixed: Vec<(Finding, Meeting)> = proof
            .findings
            .into_iter()
            .chain(vacated)
            .filter_map(|finding| {
                let other = finding.other.as_ref()?.program;
                let meeting = self.meeting(finding.subject.program, other)?;
                (!self.is_no_state(&finding)).then_some((finding, meeting))
            })
            .collect();
        let known = |finding: &Finding| {
            let alike =
                |known: &Finding| known.fault.code() == finding.fault.code() && known.dial == finding.dial;
            let same = |proof: &Proof| proof.findings.iter().any(alike);
            same(rollout.before) && same(rollout.after)
        };
        let new: Vec<(Finding, Meeting)> = mixed.into_iter().filter(|(finding, _)| !known(finding)).collect();
        let broken = new.iter().filter_map(|(finding, meeting)| {
            let wave = match self.reached(finding, *meeting, rollout.order) {
                Reached::Never => return None,
                Reached::Ever => None,
                Reached::From(wave) => Some(wave),
            };
            let order_helps = !is_kept(&finding.fault)
                && !new.iter().any(|(other, when)| {
                    *when != *meeting && other.dial == finding.dial && self.same_kinds(other, finding)
                });
            Some(Broken { finding: finding.clone(), meeting: *meeting, order_helps, wave })
        });
        broken.collect()
    }

    fn meeting(&self, one: ProgramIndex, other: ProgramIndex) -> Option<Meeting> {
        match (self.is_new(one), self.is_new(other)) {
            (true, false) => Some(Meeting::Ahead),
            (false, true) => Some(Meeting::Behind),
            _ => None,
        }
    }

    /// Programs of one host change together; what must be equal on all hosts differs on the way, and the gates of
    /// decisions know what then matters.
    fn is_no_state(&self, finding: &Finding) -> bool {
        let hosts = |subject: &Subject| self.host(subject.program);
        let other = finding.other.as_ref().and_then(hosts);
        let same_host = other.is_some() && hosts(&finding.subject) == other;
        same_host || matches!(finding.fault, Fault::Differs { .. })
    }

    fn reached(&self, finding: &Finding, meeting: Meeting, order: Option<&Order>) -> Reached {
        let (Some(order), Some(other)) = (order, &finding.other) else { return Reached::Ever };
        if is_kept(&finding.fault) || self.host(finding.subject.program).is_none() {
            return Reached::Ever;
        }
        let (own, others) = (self.wave(order, finding.subject.program), self.wave(order, other.program));
        let (changed, waits) = match meeting {
            Meeting::Ahead => (own, others),
            Meeting::Behind => (others, own),
        };
        match (changed, waits) {
            (Some(changed), Some(waits)) if changed > waits => Reached::Never,
            // What does not change is on both sides what it is.
            (Some(changed), _) => Reached::From(changed),
            (None, _) => Reached::Ever,
        }
    }

    fn same_kinds(&self, one: &Finding, other: &Finding) -> bool {
        let kinds = |finding: &Finding| {
            let of = |program: ProgramIndex| Arc::clone(&self.wiring.programs[program].component);
            (of(finding.subject.program), finding.other.as_ref().map(|other| of(other.program)))
        };
        kinds(one) == kinds(other)
    }
}

/// What was signed or issued before is there whatever comes first.
fn is_kept(fault: &Fault) -> bool {
    matches!(fault, Fault::NotVerifiable { .. } | Fault::NotAdmitted(_))
}
