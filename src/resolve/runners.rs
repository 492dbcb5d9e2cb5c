//! Checks that hosts with static pods also run a component that starts static pods.

use super::inventory::Nodes;
use super::model::{Instance, NodeIndex};
use super::placed::Placed;
use super::written::Written;
use crate::catalog::Run;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};

pub(super) fn check(
    written: Written<'_>,
    components: &[Placed],
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) {
    // A profile that could not be read may have brought the runner.
    if written.profile.is_poisoned() {
        return;
    }
    let runs = |node: NodeIndex, run: Run| {
        let mut runners = components.iter().filter(|other| other.component.definition.runner == Some(run));
        runners.any(|runner| runner.may_be_on(node, nodes))
    };
    for Placed { component, .. } in components {
        let idle = |instance: &&Instance| {
            let run = instance.config.run.value;
            run != Run::Systemd && !runs(instance.node, run)
        };
        let Some(first) = component.instances.iter().find(idle) else { continue };
        let (name, node) = (&component.definition.name, &nodes.list[first.node]);
        let word = first.config.run.value.word();
        let message = format!("nothing on node `{}` runs `{name}` as `{word}`", node.name);
        let help = format!(
            "write `run = \"systemd\"` below `[component.{name}]`, or give the node a role with a program that runs it"
        );
        let diagnostic = Diagnostic::new(Code::NoRunner, message).at(node.origin, "this node").help(help);
        diagnostics.push(match first.config.run.origin {
            Some(span) => diagnostic.at(span, "asked for here"),
            None => diagnostic,
        });
    }
}
