//! The second step: an expanded plan and its lock.

use super::failure::Failure;
use super::opened::Opened;
use crate::build::Stopped;
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

impl Expanded<'_> {
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
    pub fn dry_render(mut self) -> Result<Self, Failure> {
        plan::dry_render(&self.blueprint, &mut self.diagnostics);
        self.sound()
    }

    /// Where the lock begins, if there is one.
    #[must_use]
    pub fn lock_place(&self) -> Option<Span> {
        self.opened.lock.as_ref().map(|lock| lock.source.span(0..0))
    }

    /// All that was said so far, and what stopped a build.
    #[must_use]
    pub fn stopped(&self, stopped: Stopped) -> Failure {
        match stopped {
            Stopped::Write(error) => error.to_string().into(),
            Stopped::Diagnostics(failures) => self.refuse(failures),
        }
    }

    /// All that was said so far, and why there is no going on.
    #[must_use]
    pub fn refuse(&self, why: impl IntoIterator<Item = Diagnostic>) -> Failure {
        let mut diagnostics = self.diagnostics.clone();
        why.into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
        Failure::refused(diagnostics, self.opened.sources())
    }
}
