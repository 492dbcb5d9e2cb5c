//! Both plans read, expanded and decided.

use std::path::Path;

use super::super::decision::{Inputs, Question, Stop};
use super::super::owners;
use crate::build;
use crate::compare::{PlanText, State};
use crate::decide::{Draft, Owner, Request, review_catalog, review_names};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::plan;
use crate::read::{World, WrittenKey, written};
use crate::source::Sources;

/// Steps of a rotation that come too early: of a build errors, of a review risks.
const EARLY: [Code; 2] = [Code::EarlyUse, Code::EarlyDrop];
/// The lock of what was never locked: the same on both sides, so that the same is decided.
const NO_LOCK: &str = "0";

/// A plan with its keys one by one.
pub(super) struct Side {
    inputs: Inputs,
    keys: Vec<WrittenKey>,
    /// The lock that lies beside it.
    lock: Option<Lock>,
}

/// What is wrong with one side, and the texts that messages point into.
pub(super) struct Broken {
    pub(super) diagnostics: Diagnostics,
    pub(super) sources: Sources,
}

impl Side {
    /// Reads a plan and its lock.
    ///
    /// # Errors
    /// What is wrong outside any source; within, what is wrong with the plan or the lock.
    pub(super) fn read(
        world: &dyn World,
        plan: &Path,
        at: Option<&str>,
    ) -> Result<Result<Self, Broken>, String> {
        let question = Question { world, plan, out: None, at, drop_trust: &[], renew: None };
        let mut diagnostics = Diagnostics::default();
        let inputs = match Inputs::read(&question, &mut diagnostics)? {
            Ok(inputs) => inputs,
            Err(sources) => return Ok(Err(Broken { diagnostics, sources })),
        };
        let Ok(lock) = inputs.lock(&mut diagnostics) else {
            return Ok(Err(Broken { diagnostics, sources: inputs.into_sources() }));
        };
        let named = inputs.sources().named(&world.name(plan));
        let keys = named.map(|source| written(&inputs.sources().get(source).text, source));
        Ok(Ok(Self { keys: keys.unwrap_or_default(), inputs, lock }))
    }

    /// Expands the plan.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn expand(&self) -> Result<Blueprint<'_>, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let blueprint = self.inputs.expand(&mut diagnostics).map_err(|_: Stop| ());
        let Ok(blueprint) = blueprint else { return Err(diagnostics) };
        plan::rehearse(&blueprint, &mut diagnostics);
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(blueprint) }
    }

    pub(super) fn sources(&self) -> &Sources {
        self.inputs.sources()
    }

    fn state<'a>(&'a self, blueprint: &'a Blueprint<'a>, draft: &'a Draft) -> State<'a> {
        State { blueprint, draft, plan: PlanText { keys: &self.keys, sources: self.sources() } }
    }
}

/// What was decided of both sides, and what of the step between them comes too early.
pub(super) struct Decided {
    before: Option<Draft>,
    after: Draft,
    pub(super) early: Vec<Diagnostic>,
}

/// A side with its blueprint.
pub(super) type Expanded<'a> = (&'a Side, &'a Blueprint<'a>);

impl Decided {
    /// Decides both sides at one instant. A side without lock takes the other's.
    ///
    /// # Errors
    /// What is wrong, and whether with the base.
    pub(super) fn new(
        before: Option<Expanded<'_>>,
        after: Expanded<'_>,
    ) -> Result<Self, (Diagnostics, bool)> {
        let request = after.0.inputs.request();
        let base = before.and_then(|(side, _)| side.lock.as_ref());
        let own = after.0.lock.as_ref();
        let (draft, mut early) = decide(after.1, own.or(base), request).map_err(|found| (found, false))?;
        let before = match before {
            None => None,
            Some((_, blueprint)) => {
                let known = base.or(own).map(|lock| with_decisions(lock, &draft.lock));
                Some(decide(blueprint, known.as_ref(), request).map_err(|found| (found, true))?.0)
            }
        };
        if let Some(before) = &before {
            early.extend(at_once(after, before, base, (&draft, request)));
        }
        Ok(Self { before, after: draft, early })
    }

    /// Both states.
    pub(super) fn states<'a>(
        &'a self,
        before: Option<Expanded<'a>>,
        after: Expanded<'a>,
    ) -> (Option<State<'a>>, State<'a>) {
        let old = before.zip(self.before.as_ref());
        (
            old.map(|((side, blueprint), draft)| side.state(blueprint, draft)),
            after.0.state(after.1, &self.after),
        )
    }
}

fn decide(
    blueprint: &Blueprint<'_>,
    lock: Option<&Lock>,
    request: &Request,
) -> Result<(Draft, Vec<Diagnostic>), Diagnostics> {
    let mut found = Diagnostics::default();
    let draft = build::draft(blueprint, lock, NO_LOCK, request, &mut found);
    let early = found.take(&EARLY);
    if found.has_errors() { Err(found) } else { Ok((draft, early)) }
}

/// A lock with what another one decided of certificates that it does not know: what is undecided in the base
/// is no difference.
fn with_decisions(lock: &Lock, decided: &Lock) -> Lock {
    let mut whole = lock.clone();
    for (id, record) in &decided.certificates {
        if !whole.tombstones.contains_key(id) {
            whole.certificates.entry(id.clone()).or_insert_with(|| record.clone());
        }
    }
    for (id, record) in &decided.keys {
        if !whole.tombstones.contains_key(id) {
            whole.keys.entry(id.clone()).or_insert_with(|| record.clone());
        }
    }
    whole
}

/// What comes too early if hosts go from the base to the plan in one step. What the base's own lock pins of the
/// catalog otherwise than it is now, no review can tell.
fn at_once(
    after: Expanded<'_>,
    before: &Draft,
    base: Option<&Lock>,
    (draft, request): (&Draft, &Request),
) -> Vec<Diagnostic> {
    let mut found = Diagnostics::default();
    // Where no key that many share is another one, nothing comes early.
    if before.lock.keys != draft.lock.keys {
        build::draft(after.1, Some(&before.lock), NO_LOCK, request, &mut found);
    }
    let mut early = found.take(&EARLY);
    // Nodes are told of where one comes to the address of another.
    let owners: Vec<Owner<'_>> =
        owners::of(after.1.model).into_iter().filter(|one| one.kind != "node").collect();
    review_names(&owners, &alive(&before.lock, base), &mut found);
    if let (Some(base), Some(first)) = (base, after.0.keys.first()) {
        review_catalog(base, &before.lock, first.span, &mut found);
    }
    early.extend(found.take(&[Code::RenamedWithoutWas, Code::CatalogChanged]));
    early
}

/// What the base has, and what it had: nothing of what only the plan decides.
fn alive(decided: &Lock, base: Option<&Lock>) -> Lock {
    let mut lock = decided.clone();
    lock.tombstones.retain(|id, _| base.is_some_and(|base| base.tombstones.contains_key(id)));
    lock
}
