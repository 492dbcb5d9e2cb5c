//! The two sides of a comparison: both plans are read, expanded and decided.

use std::collections::BTreeMap;
use std::path::Path;

use crate::build;
use crate::compare::{PlanText, State};
use crate::decide::{Draft, Owner, Request, review_catalog, review_names, review_succession};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::read::{World, WrittenKey};
use crate::seal::SealedFile;
use crate::workspace::{Expanded, Failure, Opened, PlanFiles, owners, sealed_files};

/// Steps of a rotation that come too early: of a build errors, of a review risks.
const EARLY: [Code; 2] = [Code::EarlyUse, Code::EarlyDrop];
/// The same, what of a lock nothing explains, and what is trusted before it is valid.
const RISKS: [Code; 4] = [Code::EarlyUse, Code::EarlyDrop, Code::LockUnexplained, Code::NotYetValid];
/// What says that a lock was edited.
const EDITED: [Code; 6] = [
    Code::LockSerial,
    Code::LockDates,
    Code::LockFuture,
    Code::LockUnexplained,
    Code::LockRollback,
    Code::LockRewritten,
];
/// The lock of what was never locked: the same on both sides, so that the same is decided.
pub(in crate::cli) const NO_LOCK: &str = "0";

/// A plan with its keys one by one.
pub(in crate::cli) struct Side<'w> {
    opened: Opened<'w>,
    keys: Vec<WrittenKey>,
    sealed: BTreeMap<String, SealedFile>,
}

impl<'w> Side<'w> {
    /// Reads a plan and its lock.
    pub(in crate::cli) fn read(world: &'w dyn World, plan: &Path) -> Result<Self, Failure> {
        let opened = Opened::read(world, PlanFiles::of(plan))?;
        let sealed = sealed_files(world, &opened.files);
        Ok(Self { keys: opened.plan.written(), sealed, opened })
    }

    /// The plan as it was read.
    pub(in crate::cli) fn opened(&self) -> &Opened<'w> {
        &self.opened
    }

    /// Expands the plan, with what cannot be rendered.
    pub(in crate::cli) fn expand(&self) -> Result<Expanded<'_>, Failure> {
        self.opened.expand()?.dry_render()
    }

    fn state<'a>(&'a self, blueprint: &'a Blueprint<'a>, draft: &'a Draft) -> State<'a> {
        let plan = PlanText { keys: &self.keys, sources: self.opened.sources() };
        State { blueprint, draft, plan, sealed: &self.sealed }
    }
}

/// What was decided of both sides, and what of the step between them comes too early.
pub(in crate::cli) struct Decided {
    before: Option<Draft>,
    after: Draft,
    pub(in crate::cli) early: Vec<Diagnostic>,
}

/// What was decided of both sides, by itself.
pub(in crate::cli) struct Drafts {
    pub(in crate::cli) before: Option<Draft>,
    pub(in crate::cli) after: Draft,
}

/// A side with what it wants.
type Wanting<'a> = (&'a Side<'a>, &'a Expanded<'a>);

impl Decided {
    /// Decides both sides at one instant. A side without lock takes the other's.
    pub(in crate::cli) fn new(
        before: Option<Wanting<'_>>,
        after: Wanting<'_>,
        request: &Request,
    ) -> Result<Self, Failure> {
        let base = before.and_then(|(side, _)| side.opened.lock());
        let own = after.0.opened.lock();
        let unexplained = succeeds(before, after)?;
        let (draft, mut early) = decide(after.1, own.or(base), request)?;
        let before = match before {
            None => None,
            Some((_, expanded)) => {
                let known = base.or(own).map(|lock| with_decisions(lock, &draft.lock));
                let (draft, known) = decide_again(expanded, known.as_ref(), request)?;
                early.retain(|diagnostic| !known.contains(&diagnostic.message));
                Some(draft)
            }
        };
        early.extend(unexplained);
        if let Some(before) = &before {
            early.extend(at_once(after, before, base, (&draft, request)));
        }
        Ok(Self { before, after: draft, early })
    }

    /// The decisions alone.
    pub(in crate::cli) fn into_drafts(self) -> Drafts {
        Drafts { before: self.before, after: self.after }
    }

    /// Both states.
    pub(in crate::cli) fn states<'a>(
        &'a self,
        before: Option<Wanting<'a>>,
        after: Wanting<'a>,
    ) -> (Option<State<'a>>, State<'a>) {
        let old = before.zip(self.before.as_ref());
        let old = old.map(|((side, expanded), draft)| side.state(&expanded.blueprint, draft));
        (old, after.0.state(&after.1.blueprint, &self.after))
    }
}

fn decide(
    expanded: &Expanded<'_>,
    lock: Option<&Lock>,
    request: &Request,
) -> Result<(Draft, Vec<Diagnostic>), Failure> {
    let mut found = Diagnostics::default();
    let request = Request { reached: expanded.opened.reached(), ..request.clone() };
    let draft = build::draft(&expanded.blueprint, lock, NO_LOCK, &request, &mut found);
    let early = found.take(&RISKS);
    if found.has_errors() {
        return Err(Failure::refused(found, expanded.opened.sources()));
    }
    Ok((draft, early))
}

/// The decisions of the base, and what of it is trusted before it is valid. Whether its lock was edited is no longer to
/// be reviewed.
fn decide_again(
    expanded: &Expanded<'_>,
    lock: Option<&Lock>,
    request: &Request,
) -> Result<(Draft, Vec<String>), Failure> {
    let mut found = Diagnostics::default();
    let draft = build::draft(&expanded.blueprint, lock, NO_LOCK, request, &mut found);
    found.take(&EARLY);
    found.take(&EDITED);
    let early = found.take(&[Code::NotYetValid]).into_iter().map(|diagnostic| diagnostic.message).collect();
    if found.has_errors() {
        return Err(Failure::refused(found, expanded.opened.sources()));
    }
    Ok((draft, early))
}

/// Whether the lock can have become of the base's; what is a warning comes back. Locks of two plans that were begun
/// apart have nothing to do with each other.
fn succeeds(before: Option<Wanting<'_>>, after: Wanting<'_>) -> Result<Vec<Diagnostic>, Failure> {
    let Some((before, _)) = before else { return Ok(Vec::new()) };
    let Some((base, own)) = before.opened.lock().zip(after.0.opened.lock()) else { return Ok(Vec::new()) };
    let mut found = Diagnostics::default();
    if base.id == own.id || before.opened.files.plan == after.0.opened.files.plan {
        review_succession(base, own, &mut found);
    }
    if found.has_errors() {
        return Err(Failure::refused(found, after.0.opened.sources()));
    }
    Ok(found.take(&[Code::LockUnexplained]))
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
/// catalog otherwise than it is now, no review can say.
fn at_once(
    after: Wanting<'_>,
    before: &Draft,
    base: Option<&Lock>,
    (draft, request): (&Draft, &Request),
) -> Vec<Diagnostic> {
    let mut found = Diagnostics::default();
    // Where no key that many share is another one, nothing comes early.
    if before.lock.keys != draft.lock.keys {
        let request = Request { reached: after.0.opened.reached(), ..request.clone() };
        build::draft(&after.1.blueprint, Some(&before.lock), NO_LOCK, &request, &mut found);
    }
    let mut early = found.take(&EARLY);
    // Nodes are reported where one comes to the address of another.
    let owners: Vec<Owner<'_>> =
        owners(after.1.blueprint.model).into_iter().filter(|one| one.kind != "node").collect();
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
