//! Finds the risks of a change.

mod clients;
mod held;
mod keys;
mod members;
mod names;
mod objects;
mod outside;
mod own_files;
mod placed;
mod recipients;
mod revocation;
mod risk;
mod servers;
mod settings;
mod sides;
mod skews;
mod trusted;

pub use risk::{Risk, RiskKind, Severity};

use super::comparison::Comparison;
use super::state::{State, Unrendered};
use super::unit::Unit;
use crate::diagnostics::{Code, Diagnostic};
use sides::Sides;

/// All risks, the worst first. What is reported against nothing is no risk.
///
/// # Errors
/// What is wrong with what the catalog says of a running cluster.
pub(super) fn risks(
    before: Option<&State<'_>>,
    after: &State<'_>,
    units: &[Unit],
    comparison: &Comparison,
    early: &[Diagnostic],
) -> Result<Vec<Risk>, Unrendered> {
    let mut risks: Vec<Risk> = early.iter().filter_map(reported_before).collect();
    if let Some(before) = before {
        let sides = Sides { before, after };
        risks.extend(clients::gained(&sides));
        risks.extend(clients::kubeconfigs(&sides));
        risks.extend(objects::granted(&sides));
        risks.extend(trusted::gained(&sides));
        risks.extend(settings::changes(&sides, units));
        risks.extend(own_files::changes(&sides, units));
        risks.extend(placed::changes(&sides));
        risks.extend(settings::catalog(&sides));
        risks.extend(servers::gained(&sides));
        risks.extend(outside::changes(&sides));
        risks.extend(recipients::changed(&sides));
        risks.extend(names::lost_ids(&sides));
        risks.extend(keys::authorities(&sides, comparison));
        risks.extend(names::wider_groups(&sides, comparison));
        risks.extend(keys::encryption(&sides));
        risks.extend(keys::tokens(&sides));
        risks.extend(revocation::changes(&sides));
        risks.extend(names::removed(&sides, comparison));
        risks.extend(names::missing(&sides, comparison));
        risks.extend(members::changes(&sides));
        risks.extend(held::changes(&sides)?);
        risks.extend(skews::changes(&sides));
        risks.extend(keys::spreading(&sides, units));
        risks.extend(keys::short(&sides, comparison));
    }
    risks.sort();
    risks.dedup();
    Ok(risks)
}

/// What other stages have found already.
fn reported_before(diagnostic: &Diagnostic) -> Option<Risk> {
    let reported = |risk: RiskKind, help| {
        Some(Risk {
            severity: risk.severity(),
            risk,
            message: diagnostic.message.clone(),
            help,
            checks: Vec::new(),
        })
    };
    match diagnostic.code {
        Code::EarlyUse | Code::EarlyDrop | Code::NotYetValid => {
            reported(RiskKind::EarlyTrust, diagnostic.help.clone())
        }
        Code::RenamedWithoutWas => reported(RiskKind::IdLost, diagnostic.help.clone()),
        Code::LockUnexplained => reported(RiskKind::Lock, diagnostic.help.clone()),
        Code::CatalogChanged => {
            let help = "the files of the base were made with another version, and the differences between the versions are not reported here";
            reported(RiskKind::Catalog, Some(help.to_owned()))
        }
        _ => None,
    }
}
