//! The steps from one state to the next: opened, expanded, decided.

use super::chains;
use super::decided::Decided;
use super::expanded::Expanded;
use super::failure::Failure;
use super::opened::Opened;
use crate::build;
use crate::decide::Request;

impl Opened<'_> {
    /// Expands the plan. Mistakes of the lock are kept for the next step.
    ///
    /// # Errors
    /// What is wrong with the plan, and with the lock, too.
    pub fn expand(&self) -> Result<Expanded<'_>, Failure> {
        let mut diagnostics = self.diagnostics.clone();
        let blueprint = self.plan.expand(&mut diagnostics);
        let diagnostics = self.with_problems_of_the_lock(diagnostics);
        match blueprint {
            Some(blueprint) => {
                let mut diagnostics = diagnostics;
                chains::check(&blueprint, &mut diagnostics);
                Ok(Expanded { opened: self, blueprint, diagnostics })
            }
            None => Err(Failure::refused(diagnostics, self.sources())),
        }
    }
}

impl<'a> Expanded<'a> {
    /// Decides what the next lock holds; `lock_id` is that of a first one. Nothing is written.
    ///
    /// # Errors
    /// What is wrong with the lock, what cannot be rendered, and what cannot be decided.
    pub fn decide(self, request: Request, lock_id: &str) -> Result<Decided<'a>, Failure> {
        self.opened.files.spare_the_plan()?;
        let mut expanded = self.dry_render()?;
        let lock = expanded.opened.lock();
        let draft = build::draft(&expanded.blueprint, lock, lock_id, &request, &mut expanded.diagnostics);
        let expanded = expanded.sound()?;
        Ok(Decided { expanded, previous: lock, draft, request })
    }
}
