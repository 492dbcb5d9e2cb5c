//! Checks that the version skew between components is one that the catalog allows.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Component, Instance, Node, NodeIndex};
use crate::catalog::Skew;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::source::Span;
use crate::values::Version;

pub(super) fn check(components: &List<Component>, nodes: &List<Node>, diagnostics: &mut Diagnostics) {
    for component in components {
        for skew in &component.definition.skews {
            if let Some(other) = components.iter().find(|other| other.definition.name == skew.of) {
                check_one(component, skew, &other.instances, nodes, diagnostics);
            }
        }
    }
}

/// Each pair of places that say versions is reported once, with the first nodes that have them.
fn check_one(
    component: &Component,
    skew: &Skew,
    others: &List<Instance>,
    nodes: &List<Node>,
    diagnostics: &mut Diagnostics,
) {
    let Component { definition, instances } = component;
    let itself = *skew.of == *definition.name;
    let on: BTreeMap<NodeIndex, &Instance> = others.iter().map(|other| (other.node, other)).collect();
    let others = distinct(others);
    let own = if skew.same_host { instances.iter().collect() } else { distinct(instances) };
    let mut reported: BTreeSet<(Span, Span)> = BTreeSet::new();
    for one in own {
        let beside: Vec<&Instance> = on.get(&one.node).copied().into_iter().collect();
        for other in if skew.same_host { &beside } else { &others } {
            let (ours, theirs) = (&one.config.version, &other.config.version);
            let (Some(here), Some(there)) = (ours.origin, theirs.origin) else { continue };
            let Err(how) = allowed(skew, &ours.value, &theirs.value) else { continue };
            // Of two instances of one component, one is reported.
            let mirrored = itself && reported.contains(&(there, here));
            if mirrored || !reported.insert((here, there)) {
                continue;
            }
            let node = |instance: &Instance| &nodes[instance.node].name;
            let message = format!(
                "`{}` {} on `{}` is {how} for `{}` {} on `{}`",
                definition.name,
                ours.value,
                node(one),
                skew.of,
                theirs.value,
                node(other)
            );
            let diagnostic = Diagnostic::new(Code::VersionSkew, message).at(here, "this version");
            let diagnostic = diagnostic.at(there, "and this one");
            diagnostics.push(diagnostic.help(rule(skew, &ours.value)));
        }
    }
}

/// The first instance for each place that says a version.
fn distinct(instances: &List<Instance>) -> Vec<&Instance> {
    let mut places = BTreeSet::new();
    instances.iter().filter(|instance| places.insert(instance.config.version.origin)).collect()
}

fn allowed(skew: &Skew, ours: &Version, theirs: &Version) -> Result<(), &'static str> {
    match skew.allows(ours, theirs) {
        true => Ok(()),
        false if ours > theirs => Err("too new"),
        false => Err("too old"),
    }
}

fn rule(skew: &Skew, ours: &Version) -> String {
    let up_to = |count: u64, how: &str| match count {
        0 => format!("not {how}"),
        1 => format!("up to one minor version {how}"),
        count => format!("up to {count} minor versions {how}"),
    };
    let (older, newer) = skew.limits(ours);
    format!("it may be {}, and {}", up_to(older, "older"), up_to(newer, "newer"))
}
