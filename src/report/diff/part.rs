//! The part of a comparison that was asked for.

use serde_json::{Map, Value};

use super::{Named, Part};
use crate::compare::{Comparison, Risk, Severity, State};
use crate::diagnostics::did_you_mean;
use crate::printable;

/// The version of the JSON's form.
const FORMAT: u32 = 1;

/// The part alone. A high risk belongs to every part, and so does what could not be compared.
#[must_use]
pub fn only(comparison: Comparison, part: Option<Part>) -> Comparison {
    let Comparison { plan, certificates, trust, keys, units, waves, risks, unproven, drift } = comparison;
    let none = Comparison { unproven, drift, ..Comparison::default() };
    let high = |risks: Vec<Risk>| risks.into_iter().filter(|risk| risk.severity == Severity::High).collect();
    match part {
        None => Comparison { plan, certificates, trust, keys, units, waves, risks, ..none },
        Some(Part::Certificates) => {
            Comparison { plan, certificates, trust, keys, risks: high(risks), ..none }
        }
        Some(Part::Files) => Comparison { plan, units, risks: high(risks), ..none },
        Some(Part::Impact) => Comparison { plan, waves, risks, ..none },
    }
}

/// The form for machines; what was not asked for is not there.
#[must_use]
pub fn json(named: &Named, comparison: &Comparison, part: Option<Part>) -> Value {
    let asked: &[&str] = match part {
        None => &["plan", "certificates", "trust", "keys", "units", "waves", "risks", "unproven", "drift"],
        Some(Part::Certificates) => &["plan", "certificates", "trust", "keys", "risks", "unproven", "drift"],
        Some(Part::Files) => &["plan", "units", "risks", "unproven", "drift"],
        Some(Part::Impact) => &["plan", "waves", "risks", "unproven", "drift"],
    };
    let mut whole = Map::new();
    whole.insert("format".to_owned(), FORMAT.into());
    whole.insert("before".to_owned(), named.before.as_str().into());
    whole.insert("after".to_owned(), named.after.as_str().into());
    // What serialises has only strings as keys, so that it does.
    if let Ok(Value::Object(parts)) = serde_json::to_value(comparison) {
        whole.extend(parts.into_iter().filter(|(name, _)| asked.contains(&name.as_str())));
    }
    printable::value(Value::Object(whole))
}

/// Whether one of both sides has a host.
///
/// # Errors
/// What to write instead.
pub fn knows(host: &str, before: Option<&State<'_>>, after: &State<'_>) -> Result<(), String> {
    let nodes = |state: &State<'_>| {
        let nodes = state.blueprint.model.nodes.iter();
        nodes.map(|node| node.name.to_string()).collect::<Vec<_>>()
    };
    let mut names = nodes(after);
    names.extend(before.map(nodes).unwrap_or_default());
    if names.iter().any(|name| name == host) {
        return Ok(());
    }
    let meant = did_you_mean(host, names.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |help| format!("; {help}"));
    Err(format!("no plan has a host `{host}`{meant}"))
}
