//! Finds programs that are downgraded.

use std::collections::BTreeMap;

use super::state::State;
use crate::resolve::Component;
use crate::values::Version;

/// The first version of a component that is lower than it was, by a minor version at least: the old one and the new one.
pub(super) fn goes_back(
    (before, was): (&State<'_>, &Component),
    (after, is): (&State<'_>, &Component),
) -> Option<(Version, Version)> {
    let (old, new) = (versions(before, was), versions(after, is));
    let mut pairs = new.into_iter().filter_map(|(id, new)| Some((old.get(id)?.clone(), new)));
    pairs.find(|(old, new)| matches!(new.minors_from(old), (false, 1..)))
}

/// Whether any component goes back that votes, or any that does not.
pub(super) fn go_back(before: &State<'_>, after: &State<'_>, quorum: bool) -> bool {
    let components = after.blueprint.model.components.iter();
    let mut both = components
        .filter(|is| is.definition.quorum == quorum)
        .filter_map(|is| Some((before.blueprint.model.component(&is.definition.name)?, is)));
    both.any(|(was, is)| goes_back((before, was), (after, is)).is_some())
}

fn versions<'a>(state: &'a State<'_>, component: &Component) -> BTreeMap<&'a str, Version> {
    let nodes = &state.blueprint.model.nodes;
    let instances = component.instances.iter();
    instances.map(|one| (&*nodes[one.node].id, one.config.version.value.clone())).collect()
}
