//! Values that the running cluster keeps although the plan changes: the `[state]` tables of components.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::super::state::{State, Unrendered};
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::catalog::{Definition, Held, Step, Template};
use crate::expression::{Record, Value, items, list, text, to_text};
use crate::render;
use crate::resolve::{ComponentIndex, InstanceIndex};
use crate::values::Cidr;

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

/// The state's position in the definition, what changes, and what to do about it.
type Found = (usize, String, Todo);

/// What to do about a change: in one sentence, and what has to be true afterwards.
type Todo = (String, Vec<String>);

/// What expressions see of one instance on the sides that have it.
struct Scopes {
    before: Option<Record>,
    after: Option<Record>,
}

/// All states that change.
///
/// # Errors
/// What is wrong with an expression, at its place: a state of which nobody knows whether it changes is no state that stays.
pub(super) fn changes(sides: &Sides<'_>) -> Result<Vec<Risk>, Unrendered> {
    let mut found = Vec::new();
    let new = &sides.after.blueprint.model.components;
    for (after, component) in new.enumerate() {
        let name = &component.definition.name;
        let old = &sides.before.blueprint.model.components;
        let before = old.position(|known| known.definition.name == *name && !known.instances.is_empty());
        // Of a component that is new nothing is held yet.
        let Some(before) = before else { continue };
        let pair = Pair { before: (sides.before, before), after: (sides.after, after) };
        found.extend(pair.risks(&component.definition)?);
    }
    Ok(found)
}

impl<'a> Pair<'a> {
    /// Sentences with what to do, each with the hosts for which they hold, in the order of the definition.
    fn risks(&self, definition: &Definition) -> Result<Vec<Risk>, Unrendered> {
        let held = definition.knowledge.held.iter().enumerate();
        let (of_cluster, of_instances): (Vec<_>, Vec<_>) = held.partition(|(_, held)| held.per_cluster);
        let instances = if of_instances.is_empty() { Vec::new() } else { self.instances() };
        let changes: Result<Vec<Vec<Found>>, Unrendered> =
            instances.par_iter().map(|both| self.found(&of_instances, *both)).collect();
        let mut found: BTreeMap<Found, Vec<&str>> = BTreeMap::new();
        for (both, sentences) in instances.iter().zip(changes?) {
            for sentence in sentences {
                found.entry(sentence).or_default().push(self.name(*both));
            }
        }
        // What is the same wherever the component runs is looked at once.
        for sentence in self.found(&of_cluster, self.any_instance())? {
            found.insert(sentence, Vec::new());
        }
        let risks = found.into_iter().map(|((_, message, (help, checks)), hosts)| {
            let on = if hosts.is_empty() { String::new() } else { format!(", on {}", listed(hosts)) };
            let risk = RiskKind::RunningState.of(format!("{}: {message}{on}", definition.name), &help);
            Risk { checks, ..risk }
        });
        Ok(risks.collect())
    }

    /// All instances of both sides.
    fn instances(&self) -> Vec<Both> {
        let ids = |(state, component): (&'a State<'a>, ComponentIndex)| -> BTreeMap<&'a str, InstanceIndex> {
            let model = state.blueprint.model;
            let instances = model.components[component].instances.enumerate();
            instances.map(|(i, instance)| (&*model.nodes[instance.node].id, i)).collect()
        };
        let (old, new) = (ids(self.before), ids(self.after));
        let all: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let both = |id: &str| Both { before: old.get(id).copied(), after: new.get(id).copied() };
        all.into_iter().map(both).collect()
    }

    /// The first instance of each side, which need not be on one node.
    fn any_instance(&self) -> Both {
        let first = |(state, component): (&State<'_>, ComponentIndex)| {
            state.blueprint.model.components[component].instances.indices().next()
        };
        Both { before: first(self.before), after: first(self.after) }
    }

    /// What changes of some states of one instance.
    fn found(&self, held: &[(usize, &Held)], both: Both) -> Result<Vec<Found>, Unrendered> {
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let scopes = self.scopes(both)?;
        let mut found = Vec::new();
        for (at, held) in held {
            if let Some((message, todo)) = self.change(held, &scopes)? {
                found.push((*at, message, todo));
            }
        }
        Ok(found)
    }

    fn scopes(&self, both: Both) -> Result<Scopes, Unrendered> {
        let scope = |(state, component): (&'a State<'a>, ComponentIndex), instance: Option<InstanceIndex>| {
            instance.map(|instance| render::settled(state.blueprint, component, instance)).transpose()
        };
        Ok(Scopes {
            before: scope(self.before, both.before).map_err(|why| Unrendered::Before(vec![why]))?,
            after: scope(self.after, both.after).map_err(|why| Unrendered::After(vec![why]))?,
        })
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
    fn change(&self, held: &Held, scopes: &Scopes) -> Result<Option<(String, Todo)>, Unrendered> {
        let step = match (&scopes.before, &scopes.after) {
            (Some(_), Some(_)) => held.change.as_ref(),
            (None, Some(_)) => held.appear.as_ref(),
            // Where nothing of it stays, nobody is left whom it could tell.
            (Some(_), None) => held.vanish.as_ref().filter(|_| self.stays()),
            (None, None) => None,
        };
        let Some(step) = step else { return Ok(None) };
        let (old, new) =
            (self.value(held, scopes.before.as_ref())?, self.value(held, scopes.after.as_ref())?);
        if to_text(&old) == to_text(&new) || held.may_grow && covers(&new, &old) {
            return Ok(None);
        }
        let Some(mut scope) = scopes.after.clone().or_else(|| scopes.before.clone()) else { return Ok(None) };
        scope.extend([("old", old.clone()), ("new", new.clone())]);
        let scope = scope.build();
        if let Some(when) = &held.when
            && !self.evaluate(when, &scope)?.is_true()
        {
            return Ok(None);
        }
        let because = to_text(&self.evaluate(&held.because, &scope)?);
        let message = format!("{}: {because}", edit(&old, &new));
        let checks: Result<Vec<String>, Unrendered> =
            step.checks.iter().map(|check| Ok(to_text(&self.evaluate(check, &scope)?))).collect();
        let checks = checks?.into_iter().filter(|check| !check.trim().is_empty()).collect();
        Ok(Some((message, (self.help(held, step, &scope)?, checks))))
    }

    /// Whether the component is somewhere on the new side.
    fn stays(&self) -> bool {
        let (state, component) = self.after;
        !state.blueprint.model.components[component].instances.is_empty()
    }

    /// The value on one side; none where the component is not there.
    fn value(&self, held: &Held, scope: Option<&Record>) -> Result<Value, Unrendered> {
        let Some(scope) = scope else { return Ok(Value::from(())) };
        let value = self.evaluate(&held.value, &scope.clone().build())?;
        Ok(match value.as_str().map(str::trim) {
            // What writes a line for each of several things means a list.
            Some(several) if several.contains('\n') || held.may_grow => {
                let lines = several.lines().map(str::trim).filter(|line| !line.is_empty());
                list(lines.map(text))
            }
            Some(one) => text(one),
            None => list(items(&value)),
        })
    }

    fn evaluate(&self, template: &Template, scope: &Value) -> Result<Value, Unrendered> {
        let blueprint = self.after.0.blueprint;
        let value = template.evaluate(&blueprint.catalog.engine, scope, blueprint.sources);
        value.map_err(|why| Unrendered::After(vec![why]))
    }

    fn help(&self, held: &Held, step: &Step, scope: &Value) -> Result<String, Unrendered> {
        let says = |template: &Option<Template>| -> Result<Option<String>, Unrendered> {
            let text = template.as_ref().map(|template| self.evaluate(template, scope)).transpose()?;
            Ok(text.map(|text| to_text(&text)).filter(|text| !text.trim().is_empty()))
        };
        let each = if held.per_cluster { "" } else { " each" };
        let before = says(&step.before)?.map(|run| format!("before{each}: `{run}`"));
        let after = says(&step.after)?.map(|run| format!("after{each}: `{run}`"));
        let parts: Vec<String> = [says(&step.say)?, before, after].into_iter().flatten().collect();
        Ok(parts.join("; "))
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
