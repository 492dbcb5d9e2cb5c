//! Plan and lock read, everything decided: what `build` makes true and `lock` writes down.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::clock;
use super::output::Output;
use super::site::Beside;
use super::unlock::Which;
use crate::build;
use crate::decide::{Draft, Generation, Renew, Request};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::plan::{self, Plan};
use crate::read::{Disk, World};
use crate::report::Decisions;
use crate::source::{SourceId, Sources};
use crate::values::Instant;
use crate::write::{Options, Session, Site};

/// What is to be decided, and when.
pub(super) struct Question<'a> {
    /// Where plan and lock are read.
    pub(super) world: &'a dyn World,
    pub(super) plan: &'a Path,
    /// Where the trees lie, if not beside the plan.
    pub(super) out: Option<&'a Path>,
    /// When, as the user wrote it.
    pub(super) at: Option<&'a str>,
    /// Generations that are given up at once.
    pub(super) drop_trust: &'a [Generation],
    /// What is to be renewed.
    pub(super) renew: Option<Renew>,
}

/// All decisions, and what they were made from. Nothing is written yet.
pub(super) struct Decided<'a> {
    inputs: &'a Inputs,
    pub(super) blueprint: &'a Blueprint<'a>,
    pub(super) previous: Option<&'a Lock>,
    pub(super) draft: Draft,
}

/// Why a command ends before it has done what it was asked for.
pub(super) enum Stop {
    /// Something outside any source.
    Message(String),
    /// Something among the diagnostics.
    Found,
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Message(message)
    }
}

/// Reads plan and lock, decides, and goes on with `act`; tells whatever is in the way.
pub(super) fn decided(
    question: &Question<'_>,
    output: &Output,
    act: impl FnOnce(Decided<'_>, &mut Diagnostics) -> Result<ExitCode, Stop>,
) -> ExitCode {
    read(question, output, |inputs, diagnostics| inputs.decide(diagnostics, act))
}

/// Reads plan and lock and goes on with `act`; tells whatever is in the way.
pub(super) fn read(
    question: &Question<'_>,
    output: &Output,
    act: impl FnOnce(&Inputs, &mut Diagnostics) -> Result<ExitCode, Stop>,
) -> ExitCode {
    let mut diagnostics = Diagnostics::default();
    let none = Sources::default();
    let (sources, result) = match Inputs::read(question, &mut diagnostics) {
        Ok(Ok(inputs)) => {
            let result = act(&inputs, &mut diagnostics);
            (inputs.plan.sources, result)
        }
        Ok(Err(sources)) => (sources, Err(Stop::Found)),
        Err(message) => (none, Err(Stop::Message(message))),
    };
    match result {
        Ok(code) => code,
        Err(Stop::Found) => output.failed(&diagnostics, &sources),
        Err(Stop::Message(message)) => {
            output.fail(&message);
            ExitCode::FAILURE
        }
    }
}

/// What decisions are made from.
pub(super) struct Inputs {
    path: PathBuf,
    beside: Beside,
    request: Request,
    plan: Plan,
    /// The lock as it stands on the disk.
    lock: Option<(String, SourceId)>,
}

impl Inputs {
    /// The sources alone where the plan could not even be read.
    pub(super) fn read(
        question: &Question<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Result<Self, Sources>, String> {
        let request = Request {
            at: clock::at(question.at)?,
            drop_trust: question.drop_trust.iter().cloned().collect(),
            renew: question.renew.clone(),
        };
        let beside = Beside::new(question.plan, question.out);
        beside.spares(question.plan)?;
        let mut sources = Sources::default();
        let lock = read_lock(question.world, &beside.lock)?.map(|text| {
            let source = sources.add(question.world.name(&beside.lock), text.as_str());
            (text, source)
        });
        let plan = plan::load(question.world, question.plan, sources, diagnostics);
        Ok(plan.map(|plan| Inputs { path: question.plan.to_owned(), beside, request, plan, lock }))
    }

    pub(super) fn expand(&self, diagnostics: &mut Diagnostics) -> Result<Blueprint<'_>, Stop> {
        self.plan.expand(diagnostics).ok_or(Stop::Found)
    }

    /// The lock; none if there is none. Stops at any error so far.
    pub(super) fn lock(&self, diagnostics: &mut Diagnostics) -> Result<Option<Lock>, Stop> {
        let lock = match &self.lock {
            Some((text, source)) => parse(text, *source, diagnostics),
            None => None,
        };
        stop_at_errors(diagnostics)?;
        Ok(lock)
    }

    pub(super) fn at(&self) -> Instant {
        self.request.at
    }

    /// What is asked of the run beside the plan.
    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    pub(super) fn sources(&self) -> &Sources {
        &self.plan.sources
    }

    pub(super) fn into_sources(self) -> Sources {
        self.plan.sources
    }

    fn decide(
        &self,
        diagnostics: &mut Diagnostics,
        act: impl FnOnce(Decided<'_>, &mut Diagnostics) -> Result<ExitCode, Stop>,
    ) -> Result<ExitCode, Stop> {
        let blueprint = self.expand(diagnostics)?;
        plan::rehearse(&blueprint, diagnostics);
        let previous = self.lock(diagnostics)?;
        let lock_id = clock::new_lock_id()?;
        let draft = build::draft(&blueprint, previous.as_ref(), &lock_id, &self.request, diagnostics);
        let decided = Decided { inputs: self, blueprint: &blueprint, previous: previous.as_ref(), draft };
        stop_at_errors(diagnostics)?;
        act(decided, diagnostics)
    }
}

impl<'a> Decided<'a> {
    /// What reports are made of.
    pub(super) fn decisions(&self) -> Decisions<'_> {
        Decisions { blueprint: self.blueprint, previous: self.previous, draft: &self.draft }
    }

    pub(super) fn beside(&self) -> &'a Beside {
        &self.inputs.beside
    }

    /// Where the plan lies.
    pub(super) fn plan(&self) -> &'a Path {
        &self.inputs.path
    }

    pub(super) fn at(&self) -> Instant {
        self.inputs.request.at
    }

    pub(super) fn sources(&self) -> &'a Sources {
        &self.inputs.plan.sources
    }

    /// Points at the lock, if there is one.
    pub(super) fn at_lock(&self, diagnostic: Diagnostic) -> Diagnostic {
        match &self.inputs.lock {
            Some((_, source)) => diagnostic.at(source.span(0..0), "this lock"),
            None => diagnostic,
        }
    }

    /// Refuses to begin anew where trees say that there was a lock.
    pub(super) fn needs_its_lock(&self, diagnostics: &mut Diagnostics) -> Result<(), Stop> {
        let beside = self.beside();
        if self.previous.is_some() || !beside.has_units() {
            return Ok(());
        }
        let (lost, help) = if beside.secret_at(Which::default()).is_some() {
            (
                "no lock",
                "bring the lock back from git; without it every certificate would be issued again, and keys that \
                 were given up could return. To begin a new PKI, move the trees away",
            )
        } else {
            ("neither lock nor secret", "restore both, or move the trees away to begin a new PKI")
        };
        let message = format!("there are trees in {} but {lost}", beside.trees.display());
        diagnostics.push(Diagnostic::new(Code::LockSecret, message).help(help));
        Err(Stop::Found)
    }

    /// Writes the decisions down and makes nothing of them yet. Says whether the lock is another one now.
    pub(super) fn write_lock(&self) -> Result<bool, Stop> {
        let changed = self.previous != Some(&self.draft.lock);
        if changed {
            let text = self.draft.lock.to_text();
            self.begin()?.commit_lock(text.as_bytes()).map_err(|error| error.to_string())?;
        }
        Ok(changed)
    }

    /// Takes the lock of the trees; refuses if the lock is no longer the one that was read.
    pub(super) fn begin(&self) -> Result<Session, Stop> {
        let beside = self.beside();
        let site = Site {
            trees: beside.trees.clone(),
            lock: beside.lock.clone(),
            certificates: beside.certificates.clone(),
        };
        let session = Session::begin(&site, Options::default()).map_err(|error| error.to_string())?;
        if read_lock(&Disk, &beside.lock)?.as_ref() != self.inputs.lock.as_ref().map(|(text, _)| text) {
            return Err("another run has just replaced the lock; try again".to_owned().into());
        }
        Ok(session)
    }
}

/// The lock's text; none if there is no lock.
pub(super) fn read_lock(world: &dyn World, path: &Path) -> Result<Option<String>, String> {
    match world.read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(format!("{} is not a lock: it is no text; restore it from git", world.name(path)))
        }
        Err(error) => Err(format!("cannot read {}: {error}", world.name(path))),
    }
}

pub(super) fn parse(text: &str, source: SourceId, diagnostics: &mut Diagnostics) -> Option<Lock> {
    match Lock::parse(text, source) {
        Ok(lock) => Some(lock),
        Err(found) => {
            diagnostics.append(found);
            None
        }
    }
}

fn stop_at_errors(diagnostics: &Diagnostics) -> Result<(), Stop> {
    if diagnostics.has_errors() { Err(Stop::Found) } else { Ok(()) }
}
