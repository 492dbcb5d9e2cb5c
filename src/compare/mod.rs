//! Compares two states of a plan: what changed in the plan, and what changes in its files, without any secret.
//!
//! [`compare`] is not one of the stages. It takes two [`State`]s, each a blueprint with the decisions of its draft,
//! renders both and shows the differences: edits of the plan, certificates with their causes, files line by line,
//! services in the order in which they should restart, and risks.
//!
//! Sheets contain holes instead of keys. Two holes are filled with the same bytes exactly if their public descriptions
//! ([`fill::words`](crate::fill::words)) are equal, so a review needs no key to know which files change. Built trees
//! can be compared in this way as far as public keys and the lock's digests allow; the remaining files are
//! [`Unproven`], unless credentials are given.

mod built;
mod causes;
mod certificates;
mod comparison;
mod crls;
mod dates;
mod done;
mod drift;
mod drifted;
mod edit;
mod field;
mod flag_words;
mod granted;
mod group;
mod inputs;
mod keys;
mod line;
mod lines;
mod mask;
mod moved;
mod narrow;
mod placeholders;
mod plan;
mod plan_text;
mod proved;
mod risks;
mod served;
mod services;
mod sheets;
mod state;
mod structure;
mod trust;
mod unit;
mod units;
mod versions;
mod waves;
mod wording;

pub use built::{Built, BuiltContent, BuiltFile, BuiltUnit, compare_built, compare_hosts};
pub use comparison::{
    Action, CertificateChange, Comparison, FileChange, KeyChange, Made, ServiceChange, Step, Trust,
    TrustChange, UnitChange, Unproven, Wave, WaveKind,
};
pub use dates::{Dates, Period};
pub use done::Done;
pub use drift::{Asked, Shown, programs, served};
pub use drifted::{Drift, HostDrift, InputChange, ProgramChange, Served, Shows};
pub use edit::{Edit, EditLine};
pub use field::FieldChange;
pub use line::Line;
pub use plan_text::PlanText;
pub use proved::{Proved, WhyNot};
pub use risks::{Risk, RiskKind, Severity};
pub use services::pod;
pub use state::{State, Unrendered};

use crate::diagnostics::Diagnostic;

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
    before.into_iter().for_each(|before| plan::own_files(before, after, &mut plan));
    before.into_iter().for_each(|before| moved::moved(before, after, &mut plan));
    let (pairing, certificates) = certificates::compare(before, after);
    let keys = keys::compare(before, after);
    let mut units = units::compare(before, after, host, (&pairing, &certificates))?;
    if plan.is_empty() && !units.is_empty() {
        plan.extend(before.and_then(|before| plan::order(before, after)));
    }
    let mut comparison = Comparison { plan, certificates, keys, ..Comparison::default() };
    causes::say(&mut comparison, &mut units, (before, after));
    comparison.trust = trust::summary(&units);
    comparison.waves = waves::waves(before, after, &units);
    comparison.risks = risks::risks(before, after, &units, &comparison, early)?;
    if let Some(host) = host {
        narrow::to(&mut comparison, host, &units, (before, after));
    }
    comparison.units = group::alike(units);
    Ok(comparison)
}
