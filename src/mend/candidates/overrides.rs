//! Candidates that remove what the plan overrides in the catalog.

use super::ask::Ask;
use crate::mend::edit::Plan;

/// The plan without one of the keys that concern what takes part, and without one item of its lists.
pub(super) fn all(ask: &Ask<'_>) -> Vec<Plan> {
    let components = ask.components();
    let people: Vec<&str> =
        ask.programs().into_iter().map(|index| ask.program(index)).map(|program| &*program.name).collect();
    let concerns = |path: &[String]| match path {
        [table, name, _, ..] if table == "component" => components.contains(name.as_str()),
        [table, name, _, ..] if table == "user" => people.contains(&name.as_str()),
        [table, _, component, name, _, ..] if component == "component" => {
            (table == "node" || table == "pool") && components.contains(name.as_str())
        }
        _ => false,
    };
    let mut plans = Vec::new();
    for (path, value) in ask.plan.leaves().into_iter().filter(|(path, _)| concerns(path)) {
        // `flag = { value = "..", override = true }` is one thing.
        let whole = match path.last().map(String::as_str) {
            Some("value" | "override") => &path[..path.len() - 1],
            _ => &path[..],
        };
        plans.extend(ask.plan.without(whole));
        let Some(items) = value.as_array().filter(|items| items.len() > 1) else { continue };
        for position in 0..items.len() {
            let mut fewer = items.clone();
            fewer.remove(position);
            plans.extend(ask.plan.with(&path, fewer));
        }
    }
    plans
}
