//! What the plan means now against then, and what its files become, without any secret.
//!
//! [`compare`] stands beside the road: it takes two [`State`]s, each a blueprint with the decisions of its
//! draft, renders both and tells what differs: edits of the plan, certificates with their causes, files line by
//! line, services in the order in which they should restart, and risks.
//!
//! Keys stand in sheets as holes. Two holes are filled with the same bytes exactly if the same may be said of
//! them in public ([`fill::words`](crate::fill::words)); so a review needs no key to know which files change.

mod built;
mod causes;
mod certificates;
mod comparison;
mod group;
mod keys;
mod line;
mod lines;
mod mask;
mod narrow;
mod plan;
mod risks;
mod services;
mod sheets;
mod structure;
mod trust;
mod units;
mod waves;
mod wording;

pub use built::{Built, BuiltFile, compare_built};
pub use comparison::{
    Action, CertificateChange, Comparison, Done, Edit, EditLine, FieldChange, FileChange, KeyChange, Made,
    Risk, RiskKind, ServiceChange, Step, Trust, TrustChange, UnitChange, Wave, WaveKind,
};
pub use line::Line;
pub use plan::PlanText;

use crate::decide::Draft;
use crate::diagnostics::Diagnostic;
use crate::expand::Blueprint;

/// One side: what is to be made, and what was decided of it.
#[derive(Clone, Copy)]
pub struct State<'a> {
    /// What is to be made.
    pub blueprint: &'a Blueprint<'a>,
    /// What was decided.
    pub draft: &'a Draft,
    /// What the plan says, key by key.
    pub plan: PlanText<'a>,
}

/// Sheets that could not be rendered.
#[derive(Debug)]
pub enum Unrendered {
    /// Of the old side.
    Before(Vec<Diagnostic>),
    /// Of the new side.
    After(Vec<Diagnostic>),
}

/// Compares; without `before` everything is new. With `host`, what concerns that host alone. `early` is what earlier
/// stages say against the step from one side to the other.
///
/// # Errors
/// What is wrong with a template or an expression, and of which side.
pub fn compare(
    before: Option<&State<'_>>,
    after: &State<'_>,
    host: Option<&str>,
    early: &[Diagnostic],
) -> Result<Comparison, Unrendered> {
    let mut plan = plan::edits(before.map(|before| before.plan), after.plan);
    plan.extend(before.and_then(|before| plan::catalog(before, after)));
    let (pairing, certificates) = certificates::compare(before, after);
    let keys = keys::compare(before, after);
    let mut units = units::compare(before, after, host, (&pairing, &certificates))?;
    if plan.is_empty() && !units.is_empty() {
        plan.extend(before.and_then(|before| plan::order(before, after)));
    }
    let mut comparison = Comparison { plan, certificates, keys, ..Comparison::default() };
    causes::tell(&mut comparison, &mut units, after);
    comparison.trust = trust::summary(&units);
    comparison.waves = waves::waves(before, after, &units);
    comparison.risks = risks::risks(before, after, &units, &comparison, early);
    if let Some(host) = host {
        narrow::to(&mut comparison, host, &units);
    }
    comparison.units = group::alike(units);
    Ok(comparison)
}
