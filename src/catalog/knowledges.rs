//! Compiles `[rule.NAME]`, `[port.NAME]` and `[state.NAME]` of a component.

use super::compiler::Compiler;
use super::flags::FlagTable;
use super::knowledge::{Held, Knowledge, Port, Rule, Step};
use super::reads::Reads;
use super::scope;
use super::tree::Template;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::expression::Schema;
use crate::read::catalog::{self as written, ComponentDocument};
use crate::read::plan::Text;

/// What compares two states sees beside the scope of the new one.
const SIDES: [&str; 2] = ["old", "new"];

impl Compiler<'_> {
    pub(super) fn knowledge(&mut self, document: &ComponentDocument, table: Option<&FlagTable>) -> Knowledge {
        let settled = scope::settled(document, table);
        let compared = SIDES.into_iter().fold(settled.clone(), |schema, side| schema.with_open(side));
        let rules: Vec<Rule> =
            document.rules.iter().filter_map(|(name, rule)| self.rule(name, rule, &settled)).collect();
        let ports: Vec<Port> =
            document.ports.iter().filter_map(|(name, port)| self.port(name, port, &settled)).collect();
        let held: Vec<Held> = document
            .states
            .iter()
            .filter_map(|(name, state)| self.held(name, state, (&settled, &compared)))
            .collect();
        let templates = rules.iter().flat_map(Rule::templates);
        let templates = templates.chain(ports.iter().flat_map(Port::templates));
        let templates = templates.chain(held.iter().flat_map(Held::templates));
        let reads = templates.map(Template::reads).collect();
        Knowledge { rules, ports, held, reads }
    }

    fn rule(&mut self, name: &Text, rule: &written::RuleTable, schema: &Schema) -> Option<Rule> {
        let when = rule.when.as_ref().and_then(|when| self.condition(when, schema));
        let says = self.template(rule.says.as_ref()?, schema)?;
        let decides: Reads = when.iter().chain([&says]).map(Template::reads).collect();
        Some(Rule {
            name: name.value.as_str().into(),
            when,
            says,
            help: rule.help.as_ref().and_then(|help| self.template(help, schema)),
            code: self.code(rule.code.as_ref()),
            proven: rule.proven,
            reads: decides,
        })
    }

    /// The code of a rule's message.
    fn code(&mut self, text: Option<&Text>) -> Code {
        let Some(text) = text else { return Code::CannotWork };
        Code::from_name(&text.value).unwrap_or_else(|| {
            let help = did_you_mean(&text.value, Code::ALL.iter().map(|code| code.name()));
            let message = format!("there is no code `{}`", text.value);
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").maybe_help(help));
            Code::CannotWork
        })
    }

    fn port(&mut self, name: &Text, port: &written::PortTable, schema: &Schema) -> Option<Port> {
        let when = port.when.as_ref().and_then(|when| self.condition(when, schema));
        let number = self.template(port.port.as_ref()?, schema)?;
        let reads = when.iter().chain([&number]).map(Template::reads).collect();
        Some(Port { name: name.value.as_str().into(), port: number, when, reads })
    }

    fn held(
        &mut self,
        name: &Text,
        state: &written::StateTable,
        (settled, compared): (&Schema, &Schema),
    ) -> Option<Held> {
        let words = [("instance", false), ("cluster", true)];
        Some(Held {
            name: name.value.as_str().into(),
            value: self.template(state.value.as_ref()?, settled)?,
            per_cluster: self.word(state.per.as_ref(), false, &words),
            may_grow: self.word(state.grows.as_ref(), false, &[("nothing", true), ("change", false)]),
            when: state.when.as_ref().and_then(|when| self.condition(when, compared)),
            because: self.template(state.because.as_ref()?, compared)?,
            change: self.step(state.change.as_ref(), compared),
            appear: self.step(state.appear.as_ref(), compared),
            vanish: self.step(state.vanish.as_ref(), compared),
        })
    }

    fn step(&mut self, step: Option<&written::StepTable>, schema: &Schema) -> Option<Step> {
        let step = step?;
        let checks = step.checks.iter().filter_map(|check| self.template(check, schema)).collect();
        let mut text = |text: &Option<Text>| text.as_ref().and_then(|text| self.template(text, schema));
        Some(Step { before: text(&step.before), after: text(&step.after), say: text(&step.say), checks })
    }
}
