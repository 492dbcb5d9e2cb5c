//! The first step: a plan and its lock, as read.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::failure::Failure;
use super::files::PlanFiles;
use super::tokens;
use crate::applied::{self, Applied};
use crate::diagnostics::{Diagnostics, did_you_mean};
use crate::lock::{Lock, is_lock};
use crate::plan::{self, Plan};
use crate::read::{World, hidden};
use crate::resolve::NodeIndex;
use crate::source::{SourceId, Sources};

/// What decisions are made from.
pub struct Opened<'w> {
    /// Where its files are read.
    pub(super) world: &'w dyn World,
    /// What lies beside the plan.
    pub files: PlanFiles,
    /// The plan, resolved as far as it could be.
    pub plan: Plan,
    /// The lock, if there is one.
    pub(super) lock: Option<OpenedLock>,
    /// Which hosts have which lock, if somebody says it.
    pub applied: Option<Applied>,
    /// What there is to say of the plan so far.
    pub diagnostics: Diagnostics,
}

/// A lock that was there.
pub(super) struct OpenedLock {
    /// As it stands in the file.
    pub(super) text: Arc<str>,
    pub(super) source: SourceId,
    pub(super) parsed: Result<Lock, Diagnostics>,
}

impl<'w> Opened<'w> {
    /// Reads a plan and the lock beside it.
    ///
    /// # Errors
    /// The lock cannot be read, or the plan not at all; mistakes in either are kept for the next step.
    pub fn read(world: &'w dyn World, files: PlanFiles) -> Result<Self, Failure> {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        // A plan may be called like its own lock, as long as nothing is written.
        let text = if files.lock == files.plan { None } else { read_lock(world, &files.lock)? };
        let lock = text.map(|text| {
            let text: Arc<str> = text.into();
            let source = sources.add(world.name(&files.lock), Arc::clone(&text));
            hidden(&text, source, &mut diagnostics);
            OpenedLock { parsed: Lock::parse(&text, source), source, text }
        });
        let applied = read_applied(world, &files.applied, &mut sources, &mut diagnostics)?;
        Ok(Self { applied, ..Self::with_lock(world, files, sources, lock, diagnostics)? })
    }

    /// Reads a plan alone, for what no lock matters to.
    ///
    /// # Errors
    /// The plan cannot be read at all.
    pub fn plan_alone(world: &'w dyn World, files: PlanFiles) -> Result<Self, Failure> {
        Self::with_lock(world, files, Sources::default(), None, Diagnostics::default())
    }

    fn with_lock(
        world: &'w dyn World,
        files: PlanFiles,
        sources: Sources,
        lock: Option<OpenedLock>,
        mut diagnostics: Diagnostics,
    ) -> Result<Self, Failure> {
        match plan::load(world, &files.plan, sources, &mut diagnostics) {
            Ok(mut plan) => {
                if let Some(Ok(lock)) = lock.as_ref().map(|lock| &lock.parsed) {
                    tokens::settle(&mut plan.model, lock);
                    plan.model.remember(|id| lock.keys.get(id).map(|record| record.plain_text));
                }
                Ok(Self { world, files, plan, lock, applied: None, diagnostics })
            }
            Err(sources) => Err(Failure::refused(diagnostics, &sources)),
        }
    }

    /// Goes on only without errors in what was read.
    ///
    /// # Errors
    /// What is wrong with the plan or the lock.
    pub fn sound(&self) -> Result<(), Failure> {
        let diagnostics = self.with_problems_of_the_lock(self.diagnostics.clone());
        if diagnostics.has_errors() { Err(Failure::refused(diagnostics, self.sources())) } else { Ok(()) }
    }

    pub(super) fn with_problems_of_the_lock(&self, mut diagnostics: Diagnostics) -> Diagnostics {
        if let Some(OpenedLock { parsed: Err(problems), .. }) = &self.lock {
            diagnostics.append(problems.clone());
        }
        diagnostics
    }

    /// All texts that were read.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.plan.sources
    }

    /// All texts that the plan was read from, without the lock and what hosts have of it, and the files that it puts on
    /// hosts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let beside = [&self.files.lock, &self.files.applied].map(|path| self.world.name(path));
        let read = self.sources().iter().filter(move |source| !beside.contains(&source.name));
        let beside = self.plan.model.files.iter().filter_map(|file| file.beside());
        read.map(|source| &*source.text).chain(beside.map(|beside| &*beside.text))
    }

    /// The node of that name.
    ///
    /// # Errors
    /// The plan has none; with a name that is near.
    pub fn node(&self, name: &str) -> Result<NodeIndex, Failure> {
        let nodes = &self.plan.model.nodes;
        nodes.position(|node| node.name.as_str() == name).ok_or_else(|| {
            let near = did_you_mean(name, nodes.iter().map(|node| node.name.as_str()));
            let near = near.map(|near| format!("; {near}")).unwrap_or_default();
            format!("the plan has no node `{name}`{near}").into()
        })
    }

    /// The lock and its text; none if there is none, or if it is broken.
    #[must_use]
    pub fn lock_and_text(&self) -> Option<(&Lock, &str)> {
        let opened = self.lock.as_ref()?;
        Some((opened.parsed.as_ref().ok()?, &opened.text))
    }

    /// The lock; none if there is none, or if it is broken, which the diagnostics of [`Opened::expand`] say.
    #[must_use]
    pub fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref()?.parsed.as_ref().ok()
    }
}

/// The lock's text; none if there is no lock.
///
/// # Errors
/// It is there and cannot be read; in words.
pub fn read_lock(world: &dyn World, path: &Path) -> Result<Option<String>, String> {
    let world = world.aside().unwrap_or(world);
    match world.read(path) {
        Ok(text) if is_ours(&text) => Ok(Some(text)),
        Ok(_) => Err(format!(
            "{} is not a lock: it does not begin with its format; restore it from git",
            world.name(path)
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(format!("{} is not a lock: it is not text; restore it from git", world.name(path)))
        }
        Err(error) => Err(format!("cannot read {}: {error}", world.name(path))),
    }
}

/// Which hosts have which lock; none if nobody says it.
fn read_applied(
    world: &dyn World,
    path: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Applied>, Failure> {
    let text = match world.read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", world.name(path)).into()),
    };
    // Of any other file no line is shown.
    if !text.trim_start().starts_with(applied::COMMENT.trim_end()) {
        return Err(
            format!("`pkiplan applied` did not write {}; restore it from git", world.name(path)).into()
        );
    }
    let source = sources.add(world.name(path), text.as_str());
    hidden(&text, source, diagnostics);
    match applied::parse(&text, source) {
        Ok(applied) => Ok(Some(applied)),
        Err(why) => {
            diagnostics.push(*why);
            Ok(None)
        }
    }
}

/// Whether a text is to be a lock, whole or with marks of a merge: of any other file no line is shown.
fn is_ours(text: &str) -> bool {
    text.trim().is_empty() || is_lock(text) || text.lines().any(|line| line.starts_with("<<<<<<<"))
}
