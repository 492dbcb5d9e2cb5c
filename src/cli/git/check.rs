//! `pkiplan git check`: checks what is about to be committed, for the pre-commit hook.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::cli::check::{Examined, examine};
use crate::cli::clock;
use crate::cli::output::Output;
use crate::decide::Request;
use crate::diagnostics::Diagnostics;
use crate::git::{self, Index, Place, Private, Repository, Review, parts, path};
use crate::lock::Lock;
use crate::plan;
use crate::printable;
use crate::read::{Bounds, Disk};
use crate::report::Changes;
use crate::source::Sources;
use crate::workspace::{Failure, Opened, PlanFiles};

#[derive(Debug, Args)]
pub(super) struct CheckIndex {
    /// Check all files that git tracks, as in CI. This is the default if nothing is staged.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(
    arguments: &CheckIndex,
    repository: &Repository,
    bounds: &Bounds,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let index = Index::read(repository, Disk::shared(Path::new("."), bounds)?)?;
    let commit = Commit { repository, index: &index, changed: changed(arguments.all, repository)?, output };
    let review = commit.review()?;
    let mut verdicts = Vec::new();
    for plan in git::plans(repository, Place::Index)? {
        if commit.concerns(&plan) {
            verdicts.push(commit.verdict(plan)?);
        }
    }
    if let Some(gaps) = review.gaps() {
        output.warn(&gaps);
    }
    if let Some(refusal) = review.refusal() {
        output.fail(&refusal);
    }
    let passes = verdicts.iter().filter(|verdict| verdict.say(output)).count();
    if output.json {
        let plans: Vec<_> = verdicts.iter().map(Verdict::json).collect();
        let list = |files: &[Private]| files.iter().map(Private::json).collect::<Vec<_>>();
        output.json(serde_json::json!({
            "private": list(&review.private),
            "excepted": list(&review.excepted),
            "unread": list(&review.unread),
            "plans": plans,
        }));
    } else {
        if let Some(exceptions) = review.exceptions() {
            output.say(&exceptions);
        }
        if verdicts.is_empty() {
            output.say("no plan in this commit\n");
        }
    }
    Ok(ExitCode::from(u8::from(!review.private.is_empty() || passes < verdicts.len())))
}

/// The paths that a commit changes; none where everything is to be checked.
fn changed(all: bool, repository: &Repository) -> Result<Option<BTreeSet<PathBuf>>, String> {
    let listed = ["diff", "--cached", "--name-only", "--no-renames", "--no-relative", "--no-ext-diff", "-z"];
    let paths: BTreeSet<PathBuf> = parts(&repository.get(&listed)?).map(path).collect();
    Ok(if all || paths.is_empty() { None } else { Some(paths) })
}

/// What is about to be committed.
struct Commit<'a> {
    repository: &'a Repository,
    index: &'a Index<'a>,
    changed: Option<BTreeSet<PathBuf>>,
    output: &'a Output,
}

/// What there is to say of a plan.
struct Verdict {
    plan: PathBuf,
    examined: Examined,
    /// Why its lock does not go with it.
    problem: Option<String>,
}

impl Verdict {
    /// Says whether the plan may go into the commit.
    fn say(&self, output: &Output) -> bool {
        let sound = self.examined.say(&self.plan, output) == ExitCode::SUCCESS;
        self.problem.iter().for_each(|problem| output.fail(problem));
        sound && self.problem.is_none()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "plan": self.plan.display().to_string(),
            "diagnostics": self.examined.json(),
            "lock": self.problem,
        })
    }
}

impl Commit<'_> {
    fn review(&self) -> Result<Review, String> {
        let concerns = |path: &Path| self.changed.as_ref().is_none_or(|changed| changed.contains(path));
        git::review(self.repository, self.index, concerns)
    }

    /// Whether the commit changes something that the plan is read from.
    fn concerns(&self, plan: &Path) -> bool {
        let Some(changed) = &self.changed else { return true };
        self.index.take_asked();
        // What is wrong with it is reported when it is checked.
        let _ = plan::load(self.index, plan, Sources::default(), &mut Diagnostics::default());
        let mut asked = self.index.take_asked();
        asked.insert(PlanFiles::of(plan).lock);
        changed.iter().any(|path| path.ancestors().any(|above| asked.contains(above)))
    }

    fn verdict(&self, plan: PathBuf) -> Result<Verdict, Failure> {
        let base = self.committed(&PlanFiles::of(&plan).lock)?;
        let examined = examine(self.index, &plan, base.as_ref())?;
        let problem = if examined.has_errors() { None } else { self.problem(&plan)? };
        Ok(Verdict { plan, examined, problem })
    }

    fn problem(&self, plan: &Path) -> Result<Option<String>, String> {
        let lock = PlanFiles::of(plan).lock;
        if self.index.holds(&lock) {
            return self.undecided(plan, &lock);
        }
        let removed = self.changed.as_ref().is_some_and(|changed| changed.contains(&lock));
        let (shown, plan) = (printable::path(&lock), printable::path(plan));
        Ok(if removed {
            Some(format!("the commit removes {shown}, but {plan} stays: `git reset -- {shown}`"))
        } else if lock.exists() && !self.is_ignored(&lock)? {
            Some(format!("{shown} is not in the commit, but belongs to {plan}: `git add {shown}`"))
        } else {
            // Examples have none, and who has just begun has none yet.
            None
        })
    }

    /// The lock that the commit replaces; none where there was none that can be read.
    fn committed(&self, lock: &Path) -> Result<Option<Lock>, String> {
        let object = format!("HEAD:{}", lock.display());
        if self.repository.ask(&["rev-parse", "--quiet", "--verify", &object])?.is_none() {
            return Ok(None);
        }
        let text = self.repository.get(&["cat-file", "blob", &object])?;
        let source = Sources::default().add("", "");
        Ok(String::from_utf8(text).ok().and_then(|text| Lock::parse(&text, source).ok()))
    }

    fn is_ignored(&self, path: &Path) -> Result<bool, String> {
        Ok(self.repository.ask(&["check-ignore", "-q", "--", &path.to_string_lossy()])?.is_some())
    }

    /// What a lock does not hold that its plan needs.
    fn undecided(&self, plan: &Path, lock: &Path) -> Result<Option<String>, String> {
        let request = Request::new(clock::at(None)?);
        let (lock, shown) = (printable::path(lock), printable::path(plan));
        let settled = Opened::read(self.index, PlanFiles::of(plan)).and_then(|opened| {
            let decided = opened.expand()?.decide(request, &clock::new_lock_id()?)?;
            let settled = decided.draft.is_settled(decided.previous);
            Ok((!settled).then(|| Changes::of(decided.decisions()).to_come()))
        });
        Ok(match settled {
            Ok(None) => None,
            Ok(Some(lines)) => {
                let lines: String = lines.iter().map(|line| format!("\n  {line}")).collect();
                Some(format!(
                    "{lock} does not have all decisions that {shown} needs: run `pkiplan lock \
                     {shown}` and `git add {lock}`; it would{lines}"
                ))
            }
            Err(failure) => {
                self.output.end(Err::<ExitCode, _>(failure));
                Some(format!("{lock} and {shown} do not fit together"))
            }
        })
    }
}
