//! What becomes riskier.

mod keys;
mod members;
mod names;
mod risk;
mod sides;

pub use risk::{Risk, RiskKind};

use super::comparison::Comparison;
use super::state::State;
use super::unit::Unit;
use crate::diagnostics::{Code, Diagnostic};
use sides::Sides;

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
