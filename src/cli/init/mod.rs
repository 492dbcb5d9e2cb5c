//! `pkiplan init`: writes a first plan.

mod answers;
mod arguments;
mod ask;

use std::path::Path;
use std::process::ExitCode;

use super::check::{Examined, examine};
use super::next::{self, Word};
use super::output::Output;
use crate::diagnostics::Code;
use crate::git::{self, Outcome, Step};
use crate::init::{Given, Plan};
use crate::printable;
use crate::read::{Bounds, Disk, Memory, Overlay};
use crate::workspace::Failure;
use crate::write::write_new_public;
use answers::answers;
pub(super) use arguments::Init;

pub(super) fn run(arguments: &Init, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(init(arguments, bounds, output))
}

fn init(arguments: &Init, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let path = arguments.path();
    nothing_is_there(arguments, &path)?;
    let given = answers(arguments, output)?;
    let mut plan = Plan::new(&given);
    let (text, examined) = settled(&mut plan, &path, bounds)?;
    if examined.has_errors() {
        if output.json {
            output.json(serde_json::json!({ "diagnostics": examined.json() }));
        } else {
            examined.say(&path, output);
            output.fail("this plan would not work, so nothing was written");
        }
        return Ok(ExitCode::FAILURE);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    takes_lines(folder)?;
    write_new_public(&path, text.as_bytes()).map_err(|error| error.to_string())?;
    let next = next(&given, &path);
    let steps = within(folder, git::add_lines).map_err(|error| {
        format!("{} was written, but not all lines for git: {error}", printable::path(&path))
    })?;
    if !output.json {
        examined.warn(output);
    }
    report(&path, &steps, plan.left(), &examined, output);
    output.next(&next);
    Ok(ExitCode::from(u8::from(steps.iter().any(|step| matches!(step.outcome, Outcome::Conflict(_))))))
}

/// A plan is never replaced, and never put beside another one that would be taken for it.
fn nothing_is_there(arguments: &Init, path: &Path) -> Result<(), String> {
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    if is_there(path) {
        return Err(format!(
            "{} already exists, and `init` never replaces a file; choose another name with `--file`",
            printable::path(path)
        ));
    }
    match arguments.others().into_iter().find(|other| is_there(other)) {
        Some(other) if !arguments.names_its_file() => Err(format!(
            "there is already a plan, {}; choose another name with `--file`",
            printable::path(&other)
        )),
        _ => Ok(()),
    }
}

/// The plan's text, and what `check` says of it. Lines of kubeadm's configuration that the plan language does not take are
/// left out.
fn settled(plan: &mut Plan<'_>, path: &Path, bounds: &Bounds) -> Result<(String, Examined), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    loop {
        let text = plan.text()?;
        let front = Memory::default().with(path, text.as_str());
        let examined = if folder.is_dir() {
            examine(&Overlay { front, back: &Disk::around(path, bounds)? }, path, None)
        } else {
            examine(&front, path, None)
        };
        // The authority of members that others run is imported next.
        let examined = examined?.without(&[Code::ExternalAuthority]);
        if !plan.leave(&text, &examined.errors_in(&text)) {
            return Ok((text, examined));
        }
    }
}

/// Whether the lines for git can be added, which is known before anything is written.
fn takes_lines(folder: &Path) -> Result<(), String> {
    let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    within(there, || git::takes_lines(there == folder))
}

/// What is done in a folder: git knows the repository around it, and goes to its top.
fn within<T>(folder: &Path, act: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let go = |to: &Path| {
        std::env::set_current_dir(to)
            .map_err(|error| format!("cannot go to {}: {error}", printable::path(to)))
    };
    let here = std::env::current_dir().map_err(|error| format!("the current directory: {error}"))?;
    go(folder)?;
    let done = act();
    go(&here)?;
    done
}

/// A cluster that runs has authorities, which are imported before anything is built.
fn next(given: &Given, plan: &Path) -> String {
    match &given.taken {
        Some(taken) => next::pkiplan([
            Word::Is("import"),
            Word::File(Path::new(&taken.certificates)),
            Word::Is("--plan"),
            Word::File(plan),
        ]),
        None => next::of_plan("build", plan),
    }
}

fn report(path: &Path, steps: &[Step], left: &[String], examined: &Examined, output: &Output) {
    for line in left {
        output.warn(&format!("not taken over: {line}"));
    }
    if output.json {
        let steps: Vec<_> = steps.iter().map(Step::json).collect();
        output.json(serde_json::json!({
            "plan": printable::path(path), "steps": steps, "left": left, "diagnostics": examined.json(),
        }));
        return;
    }
    let mut lines = vec![(printable::path(path), "written")];
    for step in steps {
        match &step.outcome {
            Outcome::Unchanged => {}
            Outcome::Done(done) => lines.push((step.what.clone(), done.as_str())),
            Outcome::Conflict(what) => output.fail(&format!("{}: {what}", step.what)),
        }
    }
    let width = lines.iter().map(|(what, _)| what.chars().count()).max().unwrap_or_default();
    let lines = lines.iter().map(|(what, done)| format!("{what:<width$}  {done}\n"));
    output.say(&lines.collect::<String>());
}
