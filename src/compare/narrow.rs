//! Reduces a comparison to what concerns one host.

use std::collections::BTreeSet;

use super::comparison::Comparison;
use super::state::State;
use super::unit::Unit;
use crate::read::TableKind;
use crate::values::UnitId;

/// Leaves out the certificates and keys of others.
pub(super) fn to(
    comparison: &mut Comparison,
    host: &str,
    units: &[Unit],
    (before, after): (Option<&State<'_>>, &State<'_>),
) {
    let unit = UnitId::Host(host.into());
    let files = || units.iter().flat_map(|unit| &unit.files);
    let here: BTreeSet<usize> = files().flat_map(|file| file.certificates.iter().copied()).collect();
    let certificates = std::mem::take(&mut comparison.certificates).into_iter().enumerate();
    let stay = certificates.filter(|(at, change)| change.unit.as_ref() == Some(&unit) || here.contains(at));
    comparison.certificates = stay.map(|(_, change)| change).collect();
    let keyrings =
        files().flat_map(|file| &file.filled_from).filter(|table| table.kind == TableKind::Keyring);
    let names = keyrings.filter_map(|table| table.name.as_ref());
    let ids = |name| {
        let states = before.into_iter().chain([after]);
        states.filter_map(move |state| state.blueprint.model.keyrings.get(name)).map(|keyring| &*keyring.id)
    };
    let held: BTreeSet<&str> = names.flat_map(ids).collect();
    comparison.keys.retain(|key| held.contains(&*key.id));
}
