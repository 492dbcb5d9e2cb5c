//! How components run, and what runs them.

use super::{Instance, Model, Resolver, Sourced};
use crate::catalog::{Definition, Run};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::Text;

impl Resolver<'_> {
    /// A way of running, as the plan writes it.
    pub(super) fn run(&mut self, written: Option<&Text>) -> Option<Sourced<Run>> {
        let text = written?;
        let run = Run::ALL.into_iter().find(|run| run.word() == text.value);
        if run.is_none() {
            let message = format!("`{}` is not a way of running", text.value);
            let help = format!("write {}", ways(Run::ALL));
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        }
        Some(Sourced::at(run?, text.span))
    }

    /// What runs in pods of its host needs something there that starts them.
    pub(super) fn runners(&mut self, model: &Model) {
        let runs = |node: usize, run: Run| {
            let runners = model.components.iter().filter(|other| other.definition.runner == Some(run));
            runners.flat_map(|other| &other.instances).any(|instance| instance.node == node)
        };
        for component in &model.components {
            let idle = |instance: &&Instance| {
                let run = instance.config.run.value;
                run != Run::Systemd && !runs(instance.node, run)
            };
            let Some(first) = component.instances.iter().find(idle) else { continue };
            let (name, node) = (&component.definition.name, &model.nodes[first.node]);
            let word = first.config.run.value.word();
            let message = format!("nothing on node `{}` runs `{name}` as `{word}`", node.name);
            let help = format!(
                "write `[component.{name}] run = \"systemd\"`, or give the node a role that brings what runs it"
            );
            let diagnostic = Diagnostic::new(Code::NoRunner, message).at(node.origin, "this node").help(help);
            self.push(match first.config.run.origin {
                Some(span) => diagnostic.at(span, "asked for here"),
                None => diagnostic,
            });
        }
    }

    pub(super) fn runs_as(&mut self, definition: &Definition, run: &Sourced<Run>) {
        if let Some(span) = run.origin.filter(|_| !definition.runs_as(run.value)) {
            let message = format!("`{}` cannot be run as `{}`", definition.name, run.value.word());
            let known = Run::ALL.into_iter().filter(|run| definition.runs_as(*run));
            let help = format!("write {}", ways(known));
            self.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
        }
    }
}

/// Ways of running, as a help names them.
fn ways(runs: impl IntoIterator<Item = Run>) -> String {
    runs.into_iter().map(|run| format!("`{}`", run.word())).collect::<Vec<_>>().join(" or ")
}
