//! What the running cluster holds, and a change of the plan does not move.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::state::State;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::catalog::{Held, Step, Template};
use crate::expression::{Record, Value, items, list, text, to_text};
use crate::render;
use crate::resolve::{Component, ComponentIndex, InstanceIndex};
use crate::values::Cidr;

/// Nodes of a component that are configured alike of which the values are looked at: the others change like them.
const LOOKED_AT: usize = 32;

/// A component on both sides.
struct Pair<'a> {
    before: (&'a State<'a>, ComponentIndex),
    after: (&'a State<'a>, ComponentIndex),
}

/// One instance on the sides that have it, by its node's id.
#[derive(Clone, Copy)]
struct Both {
    before: Option<InstanceIndex>,
    after: Option<InstanceIndex>,
}

/// All states that change. What cannot be evaluated is an error of its own, reported before risks are.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let mut found = Vec::new();
    let new = &sides.after.blueprint.model.components;
    for (after, component) in new.enumerate() {
        let name = &component.definition.name;
        let old = &sides.before.blueprint.model.components;
        let before = old.position(|known| known.definition.name == *name && !known.instances.is_empty());
        // Of a component that is new nothing is held yet.
        let Some(before) = before else { continue };
        let pair = Pair { before: (sides.before, before), after: (sides.after, after) };
        for held in &component.definition.knowledge.held {
            found.extend(pair.changes(held));
        }
    }
    found
}

impl<'a> Pair<'a> {
    fn old(&self) -> &'a Component {
        &self.before.0.blueprint.model.components[self.before.1]
    }

    fn now(&self) -> &'a Component {
        &self.after.0.blueprint.model.components[self.after.1]
    }

    /// Sentences with what to do, each with the hosts for which they hold.
    fn changes(&self, held: &Held) -> Vec<Risk> {
        let mut found: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
        for (both, alike) in self.instances(held.per_cluster) {
            let Some(sentence) = self.change(held, both) else { continue };
            found.entry(sentence).or_default().extend(alike);
        }
        let told = found.into_iter().map(|((message, help), hosts)| {
            let on = if held.per_cluster { String::new() } else { format!(", on {}", listed(hosts)) };
            RiskKind::RunningState.of(format!("{}: {message}{on}", self.now().definition.name), &help)
        });
        told.collect()
    }

    /// The instances to look at, each with the names of the nodes that it stands for.
    fn instances(&self, per_cluster: bool) -> Vec<(Both, Vec<&'a str>)> {
        let ids = |(state, component): (&'a State<'a>, ComponentIndex)| -> BTreeMap<&'a str, InstanceIndex> {
            let model = state.blueprint.model;
            let instances = model.components[component].instances.enumerate();
            instances.map(|(i, instance)| (&*model.nodes[instance.node].id, i)).collect()
        };
        let (old, new) = (ids(self.before), ids(self.after));
        if per_cluster {
            let both = Both { before: old.values().next().copied(), after: new.values().next().copied() };
            return vec![(both, Vec::new())];
        }
        let mut groups: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut found: Vec<(Both, Vec<&str>)> = Vec::new();
        let all: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for id in all {
            let both = Both { before: old.get(id).copied(), after: new.get(id).copied() };
            let (kind, name) = (self.kind(both), self.name(both));
            let seen = groups.entry(kind).or_default();
            *seen += 1;
            match found.last_mut() {
                Some((_, alike)) if *seen > LOOKED_AT => alike.push(name),
                _ => found.push((both, vec![name])),
            }
        }
        found
    }

    /// The configurations of an instance on both sides: instances share them.
    fn kind(&self, both: Both) -> (usize, usize) {
        let of = |component: &Component, instance: Option<InstanceIndex>| {
            instance.map_or(0, |i| Arc::as_ptr(&component.instances[i].config) as usize)
        };
        (of(self.old(), both.before), of(self.now(), both.after))
    }

    fn name(&self, both: Both) -> &'a str {
        let of = |(state, component): (&'a State<'a>, ComponentIndex), instance: InstanceIndex| {
            let model = state.blueprint.model;
            model.nodes[model.components[component].instances[instance].node].name.as_str()
        };
        match (both.after, both.before) {
            (Some(after), _) => of(self.after, after),
            (None, Some(before)) => of(self.before, before),
            (None, None) => "",
        }
    }

    /// What changes of what is held by one instance, and what to do about it.
    fn change(&self, held: &Held, both: Both) -> Option<(String, String)> {
        let scope = |(state, component): (&'a State<'a>, ComponentIndex), instance: Option<InstanceIndex>| {
            instance.and_then(|instance| render::settled(state.blueprint, component, instance).ok())
        };
        let (before, after) = (scope(self.before, both.before), scope(self.after, both.after));
        let step = match (&before, &after) {
            (Some(_), Some(_)) => held.change.as_ref(),
            (None, Some(_)) => held.appear.as_ref(),
            (Some(_), None) => held.vanish.as_ref(),
            (None, None) => None,
        }?;
        let (old, new) = (self.value(held, before.as_ref()), self.value(held, after.as_ref()));
        if to_text(&old) == to_text(&new) || held.may_grow && covers(&new, &old) {
            return None;
        }
        let mut scope = after.or(before)?;
        scope.extend([("old".into(), old.clone()), ("new".into(), new.clone())]);
        let scope = scope.build();
        if held.when.as_ref().is_some_and(|when| !self.evaluate(when, &scope).is_true()) {
            return None;
        }
        let because = to_text(&self.evaluate(&held.because, &scope));
        let message = format!("{}: {because}", edit(&old, &new));
        Some((message, self.help(step, &scope)))
    }

    /// The value on one side; none where the component is not there.
    fn value(&self, held: &Held, scope: Option<&Record>) -> Value {
        let Some(scope) = scope else { return Value::from(()) };
        let value = self.evaluate(&held.value, &scope.clone().build());
        match value.as_str().map(str::trim) {
            // What writes a line for each of several things means a list.
            Some(several) if several.contains('\n') => list(several.lines().map(|line| text(line.trim()))),
            Some(one) => text(one),
            None => list(items(&value)),
        }
    }

    fn evaluate(&self, template: &Template, scope: &Value) -> Value {
        let blueprint = self.after.0.blueprint;
        template.evaluate(&blueprint.catalog.engine, scope, blueprint.sources).unwrap_or(Value::from(()))
    }

    fn help(&self, step: &Step, scope: &Value) -> String {
        let told = |template: &Option<Template>| {
            let text = template.as_ref().map(|template| to_text(&self.evaluate(template, scope)));
            text.filter(|text| !text.trim().is_empty())
        };
        let before = told(&step.before).map(|run| format!("before each: `{run}`"));
        let after = told(&step.after).map(|run| format!("after each: `{run}`"));
        let parts: Vec<String> = [told(&step.say), before, after].into_iter().flatten().collect();
        parts.join("; ")
    }
}

/// Whether every item of the old value is there still, or lies within a network that is.
fn covers(new: &Value, old: &Value) -> bool {
    let new: Vec<String> = items(new).iter().map(to_text).collect();
    let within = |old: &str, new: &str| match (old.parse::<Cidr>(), new.parse::<Cidr>()) {
        (Ok(old), Ok(new)) => new.contains(&old.bounds().0) && new.contains(&old.bounds().1),
        _ => false,
    };
    items(old).iter().map(to_text).all(|old| new.iter().any(|new| *new == old || within(&old, new)))
}

/// What becomes of a value.
fn edit(old: &Value, new: &Value) -> String {
    match (to_text(old).as_str(), to_text(new).as_str()) {
        ("", new) => format!("+ {new}"),
        (old, "") => format!("- {old}"),
        (old, new) => format!("{old} -> {new}"),
    }
}
