//! A wiring and what was proven of it, counted and put together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::mended::Mended;
use super::words;
use crate::diagnostics::Severity;
use crate::source::{Sources, Span};
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
    /// Where a plan says what each finding is about, where there is one, and its texts.
    pub written: Option<(&'p Sources, &'p [Vec<Span>])>,
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

/// Client kind, dial and server kind.
pub(super) type Kind = (Arc<str>, Arc<str>, Arc<str>);

/// Findings of one kind that differ in their hosts alone.
pub(super) struct Group<'p> {
    pub(super) finding: &'p Finding,
    pub(super) sentence: String,
    /// Whose, each with the other one, and where the plan says what it is about.
    pub(super) of: Vec<(&'p Finding, &'p [Span])>,
}

/// A place in a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Written<'p> {
    pub(super) file: &'p str,
    pub(super) line: usize,
}

impl<'p> Proven<'p> {
    pub(super) fn program(&self, index: ProgramIndex) -> &'p Program {
        &self.wiring.programs[index]
    }

    pub(super) fn host(&self, index: ProgramIndex) -> Option<&'p str> {
        let host = self.program(index).host?;
        Some(&self.wiring.hosts[host].name)
    }

    /// Client kind and dial, server kind: how many.
    pub(super) fn matrix(&self) -> BTreeMap<Kind, Count> {
        let mut counts = BTreeMap::<_, Count>::new();
        for connection in &self.proof.connections {
            let client = self.program(connection.client);
            let dial = &client.dials[connection.dial];
            let key = (Arc::clone(&client.component), Arc::clone(&dial.name), Arc::clone(&dial.to.component));
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
            let places = self.written.and_then(|(_, places)| places.get(at));
            group.of.push((finding, places.map_or(&[], Vec::as_slice)));
        }
        groups.into_values().collect()
    }

    /// Places in the plan, each once.
    pub(super) fn written(&self, spans: impl IntoIterator<Item = Span>) -> BTreeSet<Written<'p>> {
        let Some((sources, _)) = self.written else { return BTreeSet::new() };
        let place = |span: Span| {
            let source = sources.get(span.source);
            Written { file: &source.name, line: source.line(span.start) }
        };
        spans.into_iter().map(place).collect()
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
