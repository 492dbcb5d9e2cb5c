//! The rules, ports and states that a definition declares.
//!
//! They say which settings do not work together, which ports the program takes for itself, and which values the running
//! cluster keeps although the plan changes.

use std::sync::Arc;

use super::reads::Reads;
use super::tree::Template;
use crate::diagnostics::Code;

/// `[rule.NAME]`: what cannot work, or will go wrong.
#[derive(Debug)]
pub struct Rule {
    /// Its name within the component.
    pub name: Arc<str>,
    /// Where it is broken; none: where it says something.
    pub when: Option<Template>,
    /// What is wrong; where it says nothing, nothing is.
    pub says: Template,
    /// What to write instead.
    pub help: Option<Template>,
    /// The code of the message.
    pub code: Code,
    /// Whether a proof of all connections finds it by itself, with both ends.
    pub proven: bool,
    /// What decides whether it is broken.
    pub reads: Reads,
}

/// `[port.NAME]`: a port that the program takes for itself, at which nobody of the plan dials it.
#[derive(Debug)]
pub struct Port {
    /// Its name within the component.
    pub name: Arc<str>,
    /// Its number; 0 takes none.
    pub port: Template,
    /// Only if this holds.
    pub when: Option<Template>,
    /// What decides it.
    pub reads: Reads,
}

/// `[state.NAME]`: what the running cluster holds, and a change of the plan does not move.
#[derive(Debug)]
pub struct Held {
    /// Its name within the component.
    pub name: Arc<str>,
    /// What is held.
    pub value: Template,
    /// Whether it is the same wherever the component runs.
    pub per_cluster: bool,
    /// Whether it may grow: all that was there stays, or lies within a network of the new side.
    pub may_grow: bool,
    /// Only changes for which this holds.
    pub when: Option<Template>,
    /// Who holds it, in a sentence.
    pub because: Template,
    /// What to do where it changes.
    pub change: Option<Step>,
    /// What to do where it comes.
    pub appear: Option<Step>,
    /// What to do where it goes.
    pub vanish: Option<Step>,
}

/// What people do about a change of what is held.
#[derive(Debug)]
pub struct Step {
    /// What to run before the host is changed.
    pub before: Option<Template>,
    /// What to run after the host was changed.
    pub after: Option<Template>,
    /// What to know.
    pub say: Option<Template>,
    /// What has to be true afterwards, each with how to see it; an empty one is left out.
    pub checks: Vec<Template>,
}

/// All that a component knows beside its files.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// Rules.
    pub rules: Vec<Rule>,
    /// Ports.
    pub ports: Vec<Port>,
    /// What the running cluster holds.
    pub held: Vec<Held>,
    /// What all of it reads.
    pub reads: Reads,
}

impl Rule {
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.when.iter().chain([&self.says]).chain(&self.help)
    }
}

impl Port {
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.when.iter().chain([&self.port])
    }
}

impl Held {
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        let steps = [&self.change, &self.appear, &self.vanish].into_iter().flatten();
        let steps = steps.flat_map(|step| {
            [&step.before, &step.after, &step.say].into_iter().flatten().chain(&step.checks)
        });
        self.when.iter().chain([&self.value, &self.because]).chain(steps)
    }
}
