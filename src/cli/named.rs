//! Replaces the word `PLAN` in commands of messages by the plan's file name.

use super::next::{quoted, unlike_option};

/// The word that stands for the plan's file in commands of messages.
const PLAN: &str = "PLAN";

/// A text whose commands of pkiplan, in backticks, name this plan.
pub(super) fn named(text: &str, plan: &str) -> String {
    let part = |(number, part): (usize, &str)| {
        let is_command = number % 2 == 1 && part.starts_with("pkiplan ");
        if !is_command {
            return part.to_owned();
        }
        let plan = quoted(&unlike_option(plan));
        let words = part.split(' ').map(|word| if word == PLAN { plan.clone() } else { word.to_owned() });
        words.collect::<Vec<_>>().join(" ")
    };
    text.split('`').enumerate().map(part).collect::<Vec<_>>().join("`")
}

/// The same for all texts of a value.
pub(super) fn named_in(value: &mut serde_json::Value, plan: &str) {
    match value {
        serde_json::Value::String(text) if text.contains(PLAN) => *text = named(text, plan),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| named_in(item, plan)),
        serde_json::Value::Object(map) => map.values_mut().for_each(|item| named_in(item, plan)),
        _ => {}
    }
}
