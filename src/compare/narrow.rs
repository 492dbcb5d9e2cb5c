//! What of a comparison concerns one host.

use std::collections::BTreeSet;

use super::comparison::Comparison;
use super::unit::Unit;
use crate::values::UnitId;

/// Leaves out the certificates and keys of others.
pub(super) fn to(comparison: &mut Comparison, host: &str, units: &[Unit]) {
    let unit = UnitId::Host(host.into());
    let files = || units.iter().flat_map(|unit| &unit.files);
    let here: BTreeSet<usize> = files().flat_map(|file| file.certificates.iter().copied()).collect();
    let certificates = std::mem::take(&mut comparison.certificates).into_iter().enumerate();
    let stay = certificates.filter(|(at, change)| change.unit.as_ref() == Some(&unit) || here.contains(at));
    comparison.certificates = stay.map(|(_, change)| change).collect();
    let said: String = files().flat_map(|file| &file.change.lines).map(|line| format!("{line}\n")).collect();
    comparison.keys.retain(|key| said.contains(&*key.id));
}
