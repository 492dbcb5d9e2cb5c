//! The search for edits that fix findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::candidates::candidates;
use super::facts::{Case, Facts, Kind, look};
use super::patch::{patch, size};
use crate::decide::Request;
use crate::read::{Memory, World};
use crate::report::verify::{Left, Mended, sentence};
use crate::verify::Code;
use crate::workspace::{Failure, Opened, PlanFiles};

/// Edits that are tried for one kind of finding at most.
const TRIES: usize = 40;
/// Hosts that are made at most, over all tries: each makes all hosts of the plan.
const HOSTS: usize = 20_000;

/// Looks for edits of a plan, and of the files that it includes, that mend what is wrong. Everything stays in memory.
/// `name` gives the path of a file in the patch.
///
/// # Errors
/// The plan cannot be read, or cannot be made as it is.
pub fn mend(
    world: &dyn World,
    files: &PlanFiles,
    request: &Request,
    name: impl Fn(&Path) -> String,
) -> Result<Mended, Failure> {
    let included = Opened::plan_alone(world, files.clone())?.plan.included().to_vec();
    let mut patches = Patches { others: Memory::default(), patch: String::new() };
    let mut budget = HOSTS;
    let mut first: Option<Vec<Wanted>> = None;
    let mut tried: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut facts = Facts::default();
    for path in std::iter::once(&files.plan).chain(&included) {
        let case = Case { world, files, edited: path, others: &patches.others, request };
        let original =
            world.read(path).map_err(|error| format!("cannot read {}: {error}", world.name(path)))?;
        let begun = Search::begin(&case, original.clone(), budget);
        let mut search = begun.ok_or_else(|| "a build would be refused".to_owned())?;
        first.get_or_insert_with(|| search.wanted.clone());
        search.go(&case, &mut tried);
        let Search { text, facts: found, budget: left, .. } = search;
        (facts, budget) = (found, left);
        if text != original {
            patches.add(path, &original, text, &name(path));
        }
        if facts.is_clean() || budget == 0 {
            break;
        }
    }
    let was = first.unwrap_or_default();
    let (left, gone): (Vec<_>, Vec<_>) = was.into_iter().partition(|one| facts.has(&one.kind));
    let mut mended: Vec<(Code, String)> = gone.into_iter().map(|one| (one.kind.code, one.sentence)).collect();
    let mut left: Vec<Left> = left
        .into_iter()
        .map(|Wanted { kind, sentence, .. }| {
            let tried = tried.get(&kind).copied().unwrap_or_default();
            Left { code: kind.code, sentence, tried }
        })
        .collect();
    // The same may be said of several inputs.
    let mut said = BTreeSet::new();
    mended.retain(|one| said.insert(one.clone()));
    left.retain(|one| said.insert((one.code, one.sentence.clone())));
    let patch = (!patches.patch.is_empty()).then_some(patches.patch);
    Ok(Mended { patch, mended, left, holds: facts.holds() })
}

/// Edits of several files.
struct Patches {
    /// The files as they would be.
    others: Memory,
    patch: String,
}

impl Patches {
    fn add(&mut self, path: &Path, before: &str, after: String, name: &str) {
        self.patch.push_str(&patch(before, &after, name));
        self.others = std::mem::take(&mut self.others).with(path, after);
    }
}

/// Texts by how much they edit, the smallest edit first.
fn smallest(text: &str, mut all: Vec<String>) -> Vec<String> {
    all.sort_by_cached_key(|new| size(text, new));
    all.dedup();
    all
}

/// A kind of finding, and texts that may mend it.
#[derive(Clone)]
struct Wanted {
    kind: Kind,
    sentence: String,
    candidates: Vec<String>,
}

/// Where the search stands.
struct Search {
    /// The plan with the edits that were taken.
    text: String,
    facts: Facts,
    wanted: Vec<Wanted>,
    /// What was tried so far; none: it would be refused.
    known: BTreeMap<String, Option<Facts>>,
    /// How many hosts the plan has.
    hosts: usize,
    /// How many hosts may still be made.
    budget: usize,
}

impl Search {
    fn begin(case: &Case<'_>, text: String, budget: usize) -> Option<Self> {
        let (facts, wanted, hosts) = wanted(case, &text)?;
        Some(Self { text, facts, wanted, known: BTreeMap::new(), hosts: hosts.max(1), budget })
    }

    /// Takes one edit after the other; notes how many were tried for what none of them mends.
    fn go(&mut self, case: &Case<'_>, tried: &mut BTreeMap<Kind, usize>) {
        // One edit that mends everything is better than several.
        if self.wanted.len() > 1 {
            let all: Vec<String> = self.wanted.iter().flat_map(|one| one.candidates.clone()).collect();
            self.take_first(case, smallest(&self.text, all), |facts| facts.is_clean());
        }
        let mut done: BTreeSet<Kind> = BTreeSet::new();
        while let Some(wanted) = self.wanted.iter().find(|wanted| !done.contains(&wanted.kind)).cloned() {
            let Wanted { kind, candidates, .. } = wanted;
            let (taken, count) = self.take_first(case, candidates, |facts| !facts.has(&kind));
            if !taken {
                *tried.entry(kind.clone()).or_default() += count;
            }
            done.insert(kind);
        }
    }

    /// Takes the first edit that does what is wanted and makes nothing worse; says, too, how many were tried.
    fn take_first(
        &mut self,
        case: &Case<'_>,
        candidates: Vec<String>,
        mends: impl Fn(&Facts) -> bool,
    ) -> (bool, usize) {
        let mut tried = 0;
        for text in candidates.into_iter().take(TRIES) {
            let Some(facts) = self.facts_of(case, &text) else { break };
            tried += 1;
            let is_right = facts.is_some_and(|facts| mends(&facts) && facts.is_no_worse_than(&self.facts));
            if is_right && let Some((facts, wanted, _)) = wanted(case, &text) {
                (self.text, self.facts, self.wanted) = (text, facts, wanted);
                return (true, tried);
            }
        }
        (false, tried)
    }

    /// What a text leads to; the outer none: no more may be tried.
    fn facts_of(&mut self, case: &Case<'_>, text: &str) -> Option<Option<Facts>> {
        if let Some(known) = self.known.get(text) {
            return Some(known.clone());
        }
        self.budget = self.budget.checked_sub(self.hosts)?;
        let facts = look(case, text, |seen| seen.facts.clone());
        self.known.insert(text.to_owned(), facts.clone());
        Some(facts)
    }
}

/// What is wrong with a text, and what may mend it.
fn wanted(case: &Case<'_>, text: &str) -> Option<(Facts, Vec<Wanted>, usize)> {
    look(case, text, |seen| {
        let all = candidates(seen, text).into_iter().map(|(kind, finding, candidates)| Wanted {
            kind,
            sentence: sentence(seen.wiring, finding),
            candidates,
        });
        (seen.facts.clone(), all.collect(), seen.blueprint.model.nodes.len())
    })
}
