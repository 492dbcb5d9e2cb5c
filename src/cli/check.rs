//! `pkiplan check`: finds the errors of a plan and its lock without writing anything.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::clock;
use super::complete;
use super::explain;
use super::next;
use super::output::Output;
use super::plan_argument::PlanArgument;
use super::program;
use crate::build;
use crate::decide::{Request, review_catalog, review_names, review_succession};
use crate::diagnostics::{Code, Diagnostics, Severity, to_json};
use crate::init::Wrong;
use crate::lock::Lock;
use crate::plan;
use crate::printable;
use crate::read::{Bounds, Disk, World};
use crate::source::Sources;
use crate::values::counted;
use crate::workspace::{
    Attempt, Expanded, Failure, Opened, PlanFiles, last_of_same, owners, review_plain_leaf_keys,
    review_recorded,
};

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// Explain a message's code, for example `resolve::unknown-authority`.
    #[arg(long, hide = true, value_name = "CODE", add = ArgValueCompleter::new(complete::codes))]
    pub(super) explain: Option<String>,
}

pub(super) fn run(check: &Check, bounds: &Bounds, output: &Output) -> ExitCode {
    match &check.explain {
        Some(code) => explain::code(code, output),
        None => output.end(report(check.plan.path(), bounds, output)),
    }
}

fn report(path: &Path, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let disk = Disk::around(path, bounds)?;
    let examined = examined(&disk, path, None, review_plain_leaf_keys)?;
    if output.json {
        output.json(serde_json::json!({ "diagnostics": examined.json() }));
    }
    let code = examined.say(path, output);
    if !examined.has_errors() && !is_built(path, &disk, bounds)? {
        output.next(&next::of_plan("build", path));
    }
    Ok(code)
}

/// Whether a build would leave everything as it is.
fn is_built(path: &Path, disk: &Disk, bounds: &Bounds) -> Result<bool, String> {
    let (program, files) = (program::with_bounds(bounds), PlanFiles::of(path));
    let attempt = Attempt { program: &program, files: &files, at: clock::at(None)? };
    Ok(last_of_same(attempt, disk).is_some())
}

/// What is to be said of a plan.
pub(super) struct Examined {
    diagnostics: Diagnostics,
    sources: Sources,
    /// Hosts and certificates; none where the plan could not be expanded.
    counted: Option<(usize, usize)>,
}

impl Examined {
    pub(super) fn has_errors(&self) -> bool {
        self.diagnostics.has_errors()
    }

    /// Errors that point into a text first, each with its line and what of it is meant.
    pub(super) fn errors_in(&self, text: &str) -> Vec<Wrong<'_>> {
        let mut errors = self.diagnostics.sorted();
        errors.retain(|one| one.code.severity() == Severity::Error);
        let found = errors.into_iter().filter_map(|one| Some((one, one.labels.first()?.span)));
        let of_text = found.filter(|(_, span)| &*self.sources.get(span.source).text == text);
        let wrong = of_text.map(|(one, span)| Wrong {
            line: self.sources.get(span.source).line(span.start),
            written: self.sources.slice(span),
            why: &one.message,
        });
        wrong.collect()
    }

    /// Without these codes.
    pub(super) fn without(mut self, codes: &[Code]) -> Self {
        self.diagnostics.take(codes);
        self
    }

    pub(super) fn json(&self) -> serde_json::Value {
        to_json(&self.diagnostics, &self.sources)
    }

    /// All messages, for people.
    pub(super) fn warn(&self, output: &Output) {
        output.diagnostics(&self.diagnostics, &self.sources);
    }

    /// Tells people; the exit code is for machines, too.
    pub(super) fn say(&self, path: &Path, output: &Output) -> ExitCode {
        if !output.json {
            output.diagnostics(&self.diagnostics, &self.sources);
        }
        if self.diagnostics.has_errors() {
            return ExitCode::FAILURE;
        }
        if let Some((hosts, certificates)) = self.counted {
            let verdict = if self.diagnostics.warnings() == 0 { "nothing wrong" } else { "no errors" };
            output.say(&format!(
                "{}: {}, {}, {verdict}\n",
                printable::path(path),
                counted(hosts, "host"),
                counted(certificates, "certificate"),
            ));
        }
        ExitCode::SUCCESS
    }
}

/// Reads a plan and its lock and finds everything that is wrong with them. `base` is the lock that is to be replaced.
///
/// # Errors
/// Why they cannot be read.
pub(super) fn examine(world: &dyn World, path: &Path, base: Option<&Lock>) -> Result<Examined, Failure> {
    examined(world, path, base, |_| {})
}

fn examined(
    world: &dyn World,
    path: &Path,
    base: Option<&Lock>,
    review_keys: impl FnOnce(&mut Expanded<'_>),
) -> Result<Examined, Failure> {
    let examined = Opened::read(world, PlanFiles::of(path)).and_then(|opened| {
        let mut expanded = opened.expand()?;
        plan::dry_render(&expanded.blueprint, &mut expanded.diagnostics);
        if let Some((base, lock)) = base.zip(opened.lock()) {
            review_succession(base, lock, &mut expanded.diagnostics);
        }
        review(&mut expanded)?;
        review_keys(&mut expanded);
        let Expanded { blueprint, diagnostics, .. } = expanded;
        let counted = Some((blueprint.model.nodes.len(), blueprint.certificates.len()));
        Ok(Examined { diagnostics, sources: opened.sources().clone(), counted })
    });
    match examined {
        Err(Failure::Refused(refused)) => {
            Ok(Examined { diagnostics: refused.diagnostics, sources: refused.sources, counted: None })
        }
        other => other,
    }
}

/// What the plan means for its lock, and what of it nobody accepts now.
fn review(expanded: &mut Expanded<'_>) -> Result<(), String> {
    build::review_joining(&expanded.blueprint, expanded.opened.lock(), &mut expanded.diagnostics);
    let (Some(lock), Some(place)) = (expanded.opened.lock(), expanded.lock_place()) else { return Ok(()) };
    let request = Request { reached: expanded.opened.reached(), ..Request::new(clock::at(None)?) };
    let mut found = Diagnostics::default();
    review_recorded(expanded, &mut found);
    let draft = build::draft(&expanded.blueprint, Some(lock), &lock.id, &request, &mut found);
    let diagnostics = &mut expanded.diagnostics;
    diagnostics.append_errors(&found);
    found
        .take(&[
            Code::LockUnexplained,
            Code::FoundedTwice,
            Code::AlreadyExpired,
            Code::NotYetValid,
            Code::RevokedCertificate,
            Code::LeftBehind,
        ])
        .into_iter()
        .for_each(|warning| diagnostics.push(warning));
    review_names(&owners(expanded.blueprint.model), lock, diagnostics);
    review_catalog(lock, &draft.lock, place, diagnostics);
    Ok(())
}
