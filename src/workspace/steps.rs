//! The transitions between the steps: from opened to expanded to decided.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chains;
use super::decided::Decided;
use super::expanded::Expanded;
use super::failure::Failure;
use super::opened::Opened;
use crate::build;
use crate::decide::{Host, Reached, Request};
use crate::resolve::Node;

impl Opened<'_> {
    /// What has reached the nodes of the plan.
    #[must_use]
    pub fn reached(&self) -> Reached {
        let model = &self.plan.model;
        let hosts = self.applied.as_ref().map(|applied| {
            let nodes: BTreeMap<&Arc<str>, &Node> = model.nodes.iter().map(|node| (&node.id, node)).collect();
            let hosts = applied.hosts().filter_map(|(id, _, keys)| {
                let node = nodes.get(id)?;
                let away = node.away.as_ref().map(|why| (Arc::clone(&why.value), why.span));
                Some(Host { name: node.name.shared(), keys: Arc::clone(keys), away })
            });
            hosts.collect()
        });
        Reached { hosts, confirmed: model.confirmed.clone() }
    }

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
        let request = Request { reached: expanded.opened.reached(), ..request };
        let draft = build::draft(&expanded.blueprint, lock, lock_id, &request, &mut expanded.diagnostics);
        let expanded = expanded.sound()?;
        Ok(Decided { expanded, previous: lock, draft, request })
    }
}
