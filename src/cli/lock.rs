//! `pkiplan lock`: decisions without any secret.

use std::path::Path;
use std::process::ExitCode;

use super::arguments::{Lock, LockWhat};
use super::decision::{Decided, Question, Stop, decided};
use super::merge;
use super::output::Output;
use crate::diagnostics::{Diagnostics, to_json};
use crate::read::Disk;
use crate::report::{Changes, Told};

pub(super) fn run(arguments: &Lock, output: &Output) -> ExitCode {
    if let Some(LockWhat::Merge(merge)) = &arguments.what {
        return merge::run(merge, output);
    }
    // The command line wants a plan where no subcommand stands.
    let plan = arguments.plan.as_deref().unwrap_or(Path::new(""));
    let question = Question {
        world: &Disk,
        plan,
        out: arguments.out.as_deref(),
        at: arguments.at.as_deref(),
        drop_trust: &arguments.drop_trust,
        renew: None,
    };
    decided(&question, output, |decided, diagnostics| {
        decided.needs_its_lock(diagnostics)?;
        if arguments.check {
            Ok(check(&decided, output, diagnostics))
        } else {
            lock(decided, output, diagnostics)
        }
    })
}

/// Tells what would change, and writes nothing.
fn check(decided: &Decided<'_>, output: &Output, diagnostics: &Diagnostics) -> ExitCode {
    let settled = decided.draft.is_settled(decided.previous);
    let changes = Changes::of(decided.decisions());
    let lock = decided.beside().lock.display().to_string();
    if output.json {
        let diagnostics = to_json(diagnostics, decided.sources());
        output.json(
            &serde_json::json!({ "lock": lock, "changes": changes.json(), "diagnostics": diagnostics }),
        );
    } else {
        output.diagnostics(diagnostics, decided.sources());
        let verdict = if settled { "holds all decisions" } else { "would change" };
        let lines: String = changes.to_come().iter().map(|line| format!("  {line}\n")).collect();
        output.tell(&format!("{lock} {verdict}\n{lines}"));
    }
    ExitCode::from(u8::from(!settled))
}

/// Writes the decisions down.
fn lock(decided: Decided<'_>, output: &Output, diagnostics: &Diagnostics) -> Result<ExitCode, Stop> {
    let changed = decided.write_lock()?;
    let told = Told::of(decided.decisions(), output.json);
    let lock = decided.beside().lock.display().to_string();
    if output.json {
        output.json(&serde_json::json!({
            "lock": lock,
            "lock_changed": changed,
            "certificates": told.counted.json(),
            "changes": told.json,
            "diagnostics": to_json(diagnostics, decided.sources()),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    output.diagnostics(diagnostics, decided.sources());
    let verdict = if changed { "written" } else { "unchanged" };
    output.tell(&format!("certificates {}\nlock         {lock}, {verdict}\n", told.words()));
    Ok(ExitCode::SUCCESS)
}
