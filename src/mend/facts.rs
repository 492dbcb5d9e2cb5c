//! Builds and proves an edited plan in memory, and compares its findings with those before.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::decide::Request;
use crate::expand::Blueprint;
use crate::read::{Memory, Overlay, World};
use crate::rehearsal::rehearsed;
use crate::verify::{Code, Fault, Finding, Grants, Proof, Subject, prove};
use crate::wiring::Wiring;
use crate::workspace::{Opened, PlanFiles};

/// Where a plan lies, which of its files is edited, and what is decided of it.
pub(super) struct Case<'c> {
    pub(super) world: &'c dyn World,
    pub(super) files: &'c PlanFiles,
    /// The file that is edited: the plan, or one that it includes.
    pub(super) edited: &'c Path,
    /// Other files with the edits that were taken.
    pub(super) others: &'c Memory,
    pub(super) request: &'c Request,
}

/// A proof, and what it was made from.
pub(super) struct Seen<'s> {
    pub(super) blueprint: &'s Blueprint<'s>,
    pub(super) wiring: &'s Wiring,
    pub(super) proof: &'s Proof,
    pub(super) grants: &'s Grants,
    pub(super) facts: Facts,
}

/// Findings that differ in their hosts alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) code: Code,
    component: Arc<str>,
    dial: Option<Arc<str>>,
    slot: Option<Arc<str>>,
    other: Option<Arc<str>>,
    /// What is dialled, where it is about that.
    dialled: Option<(Arc<str>, u16)>,
}

/// One finding, as it is known again in another proof.
type Known = (Kind, Arc<str>, Option<Arc<str>>);

/// What counts when two texts are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    found: BTreeSet<Known>,
    holds: usize,
    unknown: usize,
    warnings: BTreeSet<String>,
}

impl Facts {
    pub(super) fn has(&self, kind: &Kind) -> bool {
        self.found.iter().any(|(known, ..)| known == kind)
    }

    /// Whether nothing is wrong.
    pub(super) fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn holds(&self) -> usize {
        self.holds
    }

    /// Whether nothing is worse than it was.
    pub(super) fn is_no_worse_than(&self, before: &Facts) -> bool {
        self.found.is_subset(&before.found)
            && self.holds >= before.holds
            && self.unknown <= before.unknown
            && self.warnings.is_subset(&before.warnings)
    }
}

/// Makes a plan with another text, in memory and with keys that nobody has, and proves it; none where it would be refused.
pub(super) fn look<T>(case: &Case<'_>, text: &str, go_on: impl FnOnce(&Seen<'_>) -> T) -> Option<T> {
    let front = case.others.clone().with(case.edited, text);
    let world = Overlay { front, back: case.world };
    let opened = Opened::read(&world, PlanFiles::of(&case.files.plan)).ok()?;
    let mut decided = opened.expand().ok()?.decide(case.request.clone(), NO_LOCK).ok()?;
    let warnings = decided.expanded.diagnostics.sorted().into_iter();
    let warnings = warnings.map(|one| format!("{}: {}", one.code, one.message)).collect();
    let made = rehearsed(&mut decided.expanded.blueprint, decided.draft.clone()).ok()?;
    let (wiring, blueprint) = (&made.wired.wiring, &decided.expanded.blueprint);
    let proof = prove(wiring, &made.wired.request(case.request.at, None));
    let facts = Facts {
        found: proof.findings.iter().map(|finding| known(wiring, finding)).collect(),
        holds: proof.holding(),
        unknown: proof.unknown(),
        warnings,
    };
    Some(go_on(&Seen { blueprint, wiring, proof: &proof, grants: &made.wired.grants, facts }))
}

/// The lock of what was never locked.
const NO_LOCK: &str = "0";

/// The kind of a finding.
pub(super) fn kind(wiring: &Wiring, finding: &Finding) -> Kind {
    let component = |subject: &Subject| Arc::clone(&wiring.programs[subject.program].component);
    let dialled = match &finding.fault {
        Fault::NobodyListens { dialled, port } | Fault::OtherListens { dialled, port, .. } => {
            Some((Arc::clone(dialled), *port))
        }
        Fault::Name { dialled, .. } => Some((Arc::clone(dialled), 0)),
        _ => None,
    };
    Kind {
        code: finding.fault.code(),
        component: component(&finding.subject),
        dial: finding.dial.clone(),
        slot: finding.subject.slot.as_ref().map(|slot| Arc::clone(&slot.name)),
        other: finding.other.as_ref().map(component),
        dialled,
    }
}

fn known(wiring: &Wiring, finding: &Finding) -> Known {
    let place = |subject: &Subject| {
        let program = &wiring.programs[subject.program];
        program.host.map_or_else(|| Arc::clone(&program.name), |host| Arc::clone(&wiring.hosts[host].name))
    };
    (kind(wiring, finding), place(&finding.subject), finding.other.as_ref().map(place))
}
