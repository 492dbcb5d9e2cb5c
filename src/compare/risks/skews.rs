//! Versions that run side by side during a rollout although the catalog does not allow it, and downgrades.

use std::collections::{BTreeMap, BTreeSet};

use super::super::versions::goes_back;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::catalog::{Definition, Skew};
use crate::resolve::Component;
use crate::values::Version;

/// Programs that go back, or that run beside others which are further away than the catalog allows.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let mut found = Vec::new();
    let mut back: BTreeMap<(Version, Version), Vec<&str>> = BTreeMap::new();
    for component in &sides.after.blueprint.model.components {
        let definition = &component.definition;
        let Some(was) = sides.before.blueprint.model.component(&definition.name) else { continue };
        if let Some(step) = goes_back((sides.before, was), (sides.after, component)) {
            if definition.quorum {
                found.push(downgrade(&definition.name, &step));
                continue;
            }
            back.entry(step).or_default().push(&definition.name);
            continue;
        }
        let (old, new) = (versions(was), versions(component));
        for skew in definition.skews.iter().filter(|skew| !skew.same_host) {
            let itself = *skew.of == *definition.name;
            // The others go first, so that what is still old stands beside what is new already.
            let others = match sides.after.blueprint.model.component(&skew.of) {
                Some(other) if !itself => versions(other),
                _ => new.clone(),
            };
            found.extend(apart(definition, skew, itself, &old, &others));
        }
    }
    found.extend(back.into_iter().map(|((old, new), names)| {
        let go = if names.len() == 1 { "goes" } else { "go" };
        let message = format!("{} {go} back from {old} to {new}", listed(names));
        let help = "the older version may be unable to read what the newer one has stored: take a snapshot. The \
                    order of the waves is reversed: programs that must not be newer change first, then what they depend on";
        RiskKind::Versions.of(message, help)
    }));
    found
}

/// What votes keeps everything that there is, in the form of the version that wrote it.
fn downgrade(name: &str, (old, new): &(Version, Version)) -> Risk {
    let message =
        format!("{name} goes back from {old} to {new}, and may be unable to read what {old} has stored");
    let help = "take a snapshot, go back one minor version at a time as the program's documentation \
                says, and restart a member only when all are healthy";
    RiskKind::Downgrade.of(message, help)
}

fn versions(component: &Component) -> BTreeSet<&Version> {
    component.instances.iter().map(|instance| &instance.config.version.value).collect()
}

/// An old version beside a new one of those that it depends on.
fn apart(
    definition: &Definition,
    skew: &Skew,
    itself: bool,
    old: &BTreeSet<&Version>,
    others: &BTreeSet<&Version>,
) -> Option<Risk> {
    let pairs = old.iter().flat_map(|ours| others.iter().map(move |theirs| (*ours, *theirs)));
    let (ours, theirs) =
        pairs.into_iter().find(|(ours, theirs)| ours < theirs && !skew.allows(ours, theirs))?;
    let name = &definition.name;
    let (message, help) = if itself {
        let (older, _) = skew.limits(ours);
        let message = format!(
            "{name}: {ours} and {theirs} run side by side until every host has changed, and may be {} apart",
            minors(older)
        );
        (message, between(ours, theirs))
    } else {
        let message = format!(
            "{name} {ours} runs together with {} {theirs} until its host changes, and is too old for it",
            skew.of
        );
        (message, format!("first upgrade {name} to a version closer to {}, in a separate commit", skew.of))
    };
    Some(RiskKind::Versions.of(message, &help))
}

fn minors(count: u64) -> String {
    match count {
        0 => "no minor version".to_owned(),
        1 => "one minor version".to_owned(),
        count => format!("{count} minor versions"),
    }
}

/// The minor versions on the way.
fn between(from: &Version, to: &Version) -> String {
    let steps: Vec<String> = from.minors_until(to).map(|version| version.to_string()).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    match steps.is_empty() {
        true => "go through the versions between them, and roll out each one to every host".to_owned(),
        false => format!("go through {}, and roll out each one to every host", listed(steps)),
    }
}
