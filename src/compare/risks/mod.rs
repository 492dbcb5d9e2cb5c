//! What becomes riskier.

mod keys;
mod members;
mod names;

use super::State;
use super::comparison::{Comparison, Risk, RiskKind};
use super::units::Unit;
use crate::diagnostics::{Code, Diagnostic};

/// How many names a sentence lists.
const LISTED: usize = 4;

/// All risks, the worst first. What is told of against nothing is no risk.
pub(super) fn risks(
    before: Option<&State<'_>>,
    after: &State<'_>,
    units: &[Unit],
    comparison: &Comparison,
    early: &[Diagnostic],
) -> Vec<Risk> {
    let mut risks: Vec<Risk> = early.iter().filter_map(told_before).collect();
    if let Some(before) = before {
        let sides = Sides { before, after };
        risks.extend(names::lost_ids(&sides));
        risks.extend(keys::authorities(&sides, comparison));
        risks.extend(names::wider_groups(&sides, comparison));
        risks.extend(keys::encryption(&sides));
        risks.extend(names::removed(&sides, comparison));
        risks.extend(members::changes(&sides));
        risks.extend(keys::spreading(units));
        risks.extend(keys::short(&sides, comparison));
    }
    risks.sort();
    risks.dedup();
    risks
}

/// Both sides, where there are two.
struct Sides<'a> {
    before: &'a State<'a>,
    after: &'a State<'a>,
}

/// What other stages have found already.
fn told_before(diagnostic: &Diagnostic) -> Option<Risk> {
    let told = |risk, help| Some(Risk { risk, message: diagnostic.message.clone(), help });
    match diagnostic.code {
        Code::EarlyUse | Code::EarlyDrop => told(RiskKind::EarlyTrust, diagnostic.help.clone()),
        Code::RenamedWithoutWas => told(RiskKind::IdLost, diagnostic.help.clone()),
        Code::CatalogChanged => {
            let help = "the base's own files were made with another one: what that changes is not told here";
            told(RiskKind::Catalog, Some(help.to_owned()))
        }
        _ => None,
    }
}

/// Names in a sentence: the first few, and how many more there are.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let first = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn risk(risk: RiskKind, message: String, help: &str) -> Risk {
    Risk { risk, message, help: (!help.is_empty()).then(|| help.to_owned()) }
}
