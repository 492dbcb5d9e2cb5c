//! `pkiplan check`

use std::path::Path;
use std::process::ExitCode;

use super::arguments::Check;
use super::clock;
use super::decision::{parse, read_lock};
use super::output::Output;
use super::owners;
use super::site::Beside;
use crate::build;
use crate::decide::{Request, review_catalog, review_names};
use crate::diagnostics::{Code, Diagnostics, did_you_mean, to_json};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::plan;
use crate::read::{Disk, World};
use crate::source::{Sources, Span};

pub(super) fn run(check: &Check, output: &Output) -> ExitCode {
    match (&check.explain, &check.plan) {
        (Some(code), _) => explain(code, output),
        (None, Some(path)) => report(path, output),
        (None, None) => ExitCode::FAILURE,
    }
}

fn explain(name: &str, output: &Output) -> ExitCode {
    let Some(code) = Code::from_name(name) else {
        let help = did_you_mean(name, Code::ALL.iter().map(|code| code.name()));
        output.fail(&format!("there is no code `{name}`; {}", help.unwrap_or_default()));
        return ExitCode::FAILURE;
    };
    output.print(&format!("{} ({})\n\n{}\n", code.name(), code.severity().word(), code.explanation()));
    ExitCode::SUCCESS
}

fn report(path: &Path, output: &Output) -> ExitCode {
    match examine(&Disk, path) {
        Ok(examined) => {
            if output.json {
                output.json(&serde_json::json!({ "diagnostics": examined.json() }));
            }
            examined.tell(path, output)
        }
        Err(message) => {
            output.fail(&message);
            ExitCode::FAILURE
        }
    }
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

    pub(super) fn json(&self) -> serde_json::Value {
        to_json(&self.diagnostics, &self.sources)
    }

    /// Tells people; the exit code is for machines, too.
    pub(super) fn tell(&self, path: &Path, output: &Output) -> ExitCode {
        if !output.json {
            output.diagnostics(&self.diagnostics, &self.sources);
        }
        if self.diagnostics.has_errors() {
            return ExitCode::FAILURE;
        }
        if let Some((hosts, certificates)) = self.counted {
            let verdict = if self.diagnostics.warnings() == 0 { "nothing wrong" } else { "no errors" };
            output.tell(&format!(
                "{}: {hosts} hosts, {certificates} certificates, {verdict}\n",
                path.display()
            ));
        }
        ExitCode::SUCCESS
    }
}

/// Reads a plan and its lock and finds everything that is wrong with them.
pub(super) fn examine(world: &dyn World, path: &Path) -> Result<Examined, String> {
    let mut diagnostics = Diagnostics::default();
    let mut sources = Sources::default();
    let beside = Beside::new(path, None).lock;
    // Only a build minds a plan that is called like a lock.
    let text = if beside == path { None } else { read_lock(world, &beside)? };
    let lock = text.map(|text| {
        let source = sources.add(world.name(&beside), text.as_str());
        (text, source)
    });
    let plan = plan::load(world, path, sources, &mut diagnostics);
    let blueprint = plan.as_ref().ok().and_then(|plan| plan.expand(&mut diagnostics));
    let lock = lock.and_then(|(text, source)| Some((parse(&text, source, &mut diagnostics)?, source)));
    if let Some(blueprint) = &blueprint {
        plan::rehearse(blueprint, &mut diagnostics);
        if let Some((lock, source)) = &lock {
            review(blueprint, lock, source.span(0..0), &mut diagnostics)?;
        }
    }
    let counted = blueprint.map(|blueprint| (blueprint.model.nodes.len(), blueprint.certificates.len()));
    let sources = plan.map_or_else(|sources| sources, |plan| plan.sources);
    Ok(Examined { diagnostics, sources, counted })
}

/// What the plan means for its lock. What has expired or falls due is not the plan's mistake.
fn review(
    blueprint: &Blueprint<'_>,
    lock: &Lock,
    place: Span,
    diagnostics: &mut Diagnostics,
) -> Result<(), String> {
    let request = Request::new(clock::at(None)?);
    let mut found = Diagnostics::default();
    let draft = build::draft(blueprint, Some(lock), &lock.id, &request, &mut found);
    diagnostics.append_errors(&found);
    review_names(&owners::of(blueprint.model), lock, diagnostics);
    review_catalog(lock, &draft.lock, place, diagnostics);
    Ok(())
}
