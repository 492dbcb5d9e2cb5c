//! The inputs of the report (a wiring and its proof), with counts and groups of findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::mended::Mended;
use super::words;
use crate::diagnostics::Severity;
use crate::verify::{Finding, Lost, Proof, Tried, Verdict};
use crate::wiring::{Program, ProgramIndex, Wiring};

/// The version of the form for programs. Within one, keys and words may come, and none goes.
pub(super) const FORMAT: u32 = 1;

/// A wiring and what was proven of it.
pub struct Proven<'p> {
    /// The wiring.
    pub wiring: &'p Wiring,
    /// What was proven.
    pub proof: &'p Proof,
    /// What became of real handshakes.
    pub tried: &'p Tried,
    /// What is lost with single hosts, where that was asked.
    pub lost: Option<&'p [Lost]>,
    /// Where plans say what each finding is about, where there is one.
    pub written: Option<&'p [Vec<Written>]>,
    /// Whether keys stand in for the real ones.
    pub rehearsed: bool,
    /// Edits of the plan that mend what is wrong, where that was asked.
    pub fix: Option<&'p Mended>,
}

/// How many connections of one kind there are, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) holds: usize,
    pub(super) broken: usize,
    pub(super) unknown: usize,
}

/// Client kind, dial and server kind, with the plans of both ends where there are several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind<'p> {
    /// The client's; the server's, where somebody is there.
    pub(super) plans: Option<(&'p Arc<str>, Option<&'p Arc<str>>)>,
    pub(super) client: &'p Arc<str>,
    pub(super) dial: &'p Arc<str>,
    pub(super) server: &'p Arc<str>,
}

impl Kind<'_> {
    /// `kubelet (api)`, with its plan where there are several.
    pub(super) fn from(&self) -> String {
        let of = self.plans.map_or_else(String::new, |(plan, _)| format!(" of {plan}"));
        format!("{} ({}){of}", self.client, self.dial)
    }

    /// `kube-apiserver`, with its plan where there are several and somebody is there.
    pub(super) fn to(&self) -> String {
        let plan = self.plans.and_then(|(_, plan)| plan);
        format!("{}{}", self.server, plan.map_or_else(String::new, |plan| format!(" of {plan}")))
    }
}

/// Findings of one kind that differ in their hosts alone.
pub(super) struct Group<'p> {
    pub(super) finding: &'p Finding,
    pub(super) sentence: String,
    /// Whose, each with the other one, and where the plan says what it is about.
    pub(super) of: Vec<(&'p Finding, &'p [Written])>,
}

/// A place in a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

impl<'p> Proven<'p> {
    pub(super) fn program(&self, index: ProgramIndex) -> &'p Program {
        &self.wiring.programs[index]
    }

    pub(super) fn host(&self, index: ProgramIndex) -> Option<&'p str> {
        let host = self.program(index).host?;
        Some(&self.wiring.hosts[host].name)
    }

    /// What the host of a program is called in reports, or who has it.
    pub(super) fn shown(&self, index: ProgramIndex) -> String {
        let program = self.program(index);
        match (program.host, self.wiring.plan(index)) {
            (Some(host), _) => self.wiring.hosts[host].shown.to_string(),
            (None, Some(plan)) => format!("{} of {plan}", program.name),
            (None, None) => program.name.to_string(),
        }
    }

    /// What the plan of a program is called, where there are several.
    pub(super) fn plan(&self, index: ProgramIndex) -> Option<&'p Arc<str>> {
        self.wiring.plan(index)
    }

    /// Client kind and dial, server kind: how many.
    pub(super) fn matrix(&self) -> BTreeMap<Kind<'p>, Count> {
        let mut counts = BTreeMap::<_, Count>::new();
        for connection in &self.proof.connections {
            let client = self.program(connection.client);
            let dial = &client.dials[connection.dial];
            let server = connection.server.and_then(|(server, _)| self.plan(server));
            let key = Kind {
                plans: self.plan(connection.client).map(|plan| (plan, server)),
                client: &client.component,
                dial: &dial.name,
                server: &dial.to.component,
            };
            let count = counts.entry(key).or_default();
            match connection.verdict {
                Verdict::Holds(_) => count.holds += 1,
                Verdict::Broken => count.broken += 1,
                Verdict::Unknown(_) => count.unknown += 1,
            }
        }
        counts
    }

    /// Findings, errors first, those of one kind together.
    pub(super) fn groups(&self) -> Vec<Group<'p>> {
        let mut groups: BTreeMap<(Severity, &str, String), Group<'p>> = BTreeMap::new();
        for (at, finding) in self.proof.findings.iter().enumerate() {
            let sentence = words::sentence(self.wiring, finding);
            let key = (finding.fault.severity(), finding.fault.code().name(), sentence.clone());
            let group = groups.entry(key).or_insert_with(|| Group { finding, sentence, of: Vec::new() });
            let places = self.written.and_then(|places| places.get(at));
            group.of.push((finding, places.map_or(&[], Vec::as_slice)));
        }
        groups.into_values().collect()
    }

    /// Whether something is wrong that stops something.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.proof.errors() > 0
            || self.proof.connections.iter().any(|connection| connection.verdict == Verdict::Broken)
            || !self.tried.failed.is_empty()
            || self.lost.is_some_and(|lost| !lost.is_empty())
    }
}
