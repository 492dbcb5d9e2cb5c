//! An expanded plan and its lock: the second step.

use super::decided::Decided;
use super::failure::Failure;
use super::opened::Opened;
use crate::build;
use crate::decide::Request;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::plan;
use crate::source::Span;

/// What the plan wants.
pub struct Expanded<'a> {
    /// What it was made from.
    pub opened: &'a Opened<'a>,
    /// What the plan wants.
    pub blueprint: Blueprint<'a>,
    /// What there is to say so far; errors here are those of the lock.
    pub diagnostics: Diagnostics,
}

impl<'a> Expanded<'a> {
    /// Goes on only without errors so far.
    ///
    /// # Errors
    /// What is wrong with the lock.
    pub fn sound(self) -> Result<Self, Failure> {
        if self.diagnostics.has_errors() { Err(self.refuse([])) } else { Ok(self) }
    }

    /// Renders one host of every kind, so that mistakes of flags and files are found without building.
    ///
    /// # Errors
    /// What is wrong with the lock, or what cannot be rendered.
    pub fn rehearse(mut self) -> Result<Self, Failure> {
        plan::rehearse(&self.blueprint, &mut self.diagnostics);
        self.sound()
    }

    /// Decides what the next lock holds; `lock_id` is that of a first one. Nothing is written.
    ///
    /// # Errors
    /// What is wrong with the lock, what cannot be rendered, and what cannot be decided.
    pub fn decide(self, request: Request, lock_id: &str) -> Result<Decided<'a>, Failure> {
        self.opened.files.spare_the_plan()?;
        let mut expanded = self.rehearse()?;
        let lock = expanded.opened.lock();
        let draft = build::draft(&expanded.blueprint, lock, lock_id, &request, &mut expanded.diagnostics);
        let expanded = expanded.sound()?;
        Ok(Decided { expanded, previous: lock, draft, request })
    }

    /// Where the lock begins, if there is one.
    #[must_use]
    pub fn lock_place(&self) -> Option<Span> {
        self.opened.lock.as_ref().map(|lock| lock.source.span(0..0))
    }

    /// All that was said so far, and why there is no going on.
    #[must_use]
    pub fn refuse(&self, why: impl IntoIterator<Item = Diagnostic>) -> Failure {
        let mut diagnostics = self.diagnostics.clone();
        why.into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
        Failure::refused(diagnostics, self.opened.sources())
    }
}
