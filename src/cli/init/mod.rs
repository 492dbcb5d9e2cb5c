//! `pkiplan init`

mod answers;
mod arguments;
mod ask;

use std::path::Path;
use std::process::ExitCode;

use super::check::{Examined, examine};
use super::next;
use super::output::Output;
use crate::diagnostics::Code;
use crate::git::{Outcome, Step, add_lines};
use crate::init::{Given, Plan};
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
    write_new_public(&path, text.as_bytes()).map_err(|error| error.to_string())?;
    let next = next(&given, &path);
    let steps = lines(path.parent())?;
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
            "{} already exists, and `init` replaces no file; choose another name with `--file`",
            path.display()
        ));
    }
    match arguments.others().into_iter().find(|other| is_there(other)) {
        Some(other) if !arguments.names_its_file() => {
            Err(format!("there is already a plan, {}; choose another name with `--file`", other.display()))
        }
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
        let lines: Vec<&str> = text.lines().collect();
        let mut left = false;
        for (line, why) in examined.errors() {
            let above = lines.iter().take(line).rev();
            let table = above.clone().find_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
            left |=
                above.clone().next().zip(table).is_some_and(|(line, table)| plan.leave(table, line, &why));
        }
        if !left {
            return Ok((text, examined));
        }
    }
}

/// The lines for git, in the folder of the plan or at the top of its repository.
fn lines(folder: Option<&Path>) -> Result<Vec<Step>, String> {
    if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        std::env::set_current_dir(folder)
            .map_err(|error| format!("cannot go to {}: {error}", folder.display()))?;
    }
    add_lines()
}

/// A cluster that runs has authorities, which are imported before anything is built.
fn next(given: &Given, plan: &Path) -> String {
    match &given.taken {
        Some(taken) => next::pkiplan(["import", &taken.certificates, "--plan", &plan.to_string_lossy()]),
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
            "plan": path.display().to_string(), "steps": steps, "left": left, "diagnostics": examined.json(),
        }));
        return;
    }
    let mut lines = vec![(path.display().to_string(), "written")];
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
