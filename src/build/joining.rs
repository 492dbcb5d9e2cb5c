//! Warnings about members that join a quorum which no member has founded, or that expect each other to exist already.

use std::collections::BTreeSet;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::resolve::{ComponentIndex, InstanceIndex};
use crate::source::Span;

/// Warns where all members of something join it, and the lock knows none that could have founded it; and where two that are
/// new say the same number, so that each has the other among its members, which is not there.
pub fn review_joining(blueprint: &Blueprint<'_>, previous: Option<&Lock>, diagnostics: &mut Diagnostics) {
    for (c, component) in blueprint.model.components.enumerate() {
        if component.definition.joins.is_none() || component.instances.is_empty() {
            continue;
        }
        let all: Vec<InstanceIndex> = component.instances.indices().collect();
        if !was_there(blueprint, c, &all, previous) {
            nobody_founds(blueprint, c, &all, diagnostics);
            continue;
        }
        let new = all.into_iter().filter(|instance| !is_known(blueprint, c, *instance, previous));
        let mut numbers: Vec<(i64, Span, InstanceIndex)> = Vec::new();
        for instance in new.filter(|instance| blueprint.joins(c, *instance)) {
            let Some((number, span)) = blueprint.joining_number(c, instance) else { continue };
            if let Some((_, earlier, other)) = numbers.iter().find(|(known, ..)| *known == number) {
                let node = |of: InstanceIndex| &blueprint.model.nodes[component.instances[of].node].name;
                let message = format!(
                    "`{}` on nodes `{}` and `{}` joins as number {number}: each one expects the other as a member, \
                     and the first one does not start",
                    component.definition.name,
                    node(*other),
                    node(instance)
                );
                let help = format!("write {} for the later one", number.saturating_add(1));
                let diagnostic = Diagnostic::new(Code::MayNotWork, message).at(span, "");
                let diagnostic =
                    if *earlier == span { diagnostic } else { diagnostic.at(*earlier, "the other") };
                diagnostics.push(diagnostic.help(help));
                break;
            }
            numbers.push((number, span, instance));
        }
    }
}

fn nobody_founds(
    blueprint: &Blueprint<'_>,
    c: ComponentIndex,
    all: &[InstanceIndex],
    diagnostics: &mut Diagnostics,
) {
    if !all.iter().all(|instance| blueprint.joins(c, *instance)) {
        return;
    }
    let component = &blueprint.model.components[c];
    let name = &component.definition.name;
    let place = all.iter().find_map(|instance| blueprint.joining_number(c, *instance)).map(|(_, span)| span);
    let place = place.unwrap_or(blueprint.model.nodes[component.instances[all[0]].node].origin);
    let message = format!("`{name}` has no founding member: every member joins existing ones");
    let setting = component.definition.joining_setting().unwrap_or("joins");
    let help =
        format!("leave `setting.{setting}` out: the members of the first build found the cluster together");
    diagnostics.push(Diagnostic::new(Code::MayNotWork, message).at(place, "").help(help));
}

/// Whether the lock knows a certificate of an instance.
fn is_known(
    blueprint: &Blueprint<'_>,
    c: ComponentIndex,
    instance: InstanceIndex,
    previous: Option<&Lock>,
) -> bool {
    let Some(previous) = previous else { return false };
    ids(blueprint, c, instance).any(|id| previous.certificates.contains_key(id))
}

/// Whether the lock knows a certificate such as those of some instances, on any node.
fn was_there(
    blueprint: &Blueprint<'_>,
    c: ComponentIndex,
    all: &[InstanceIndex],
    previous: Option<&Lock>,
) -> bool {
    let Some(previous) = previous else { return false };
    let kind = |id: &str| id.split_once('/').map(|(_, kind)| kind.to_owned());
    let kinds: BTreeSet<String> =
        all.iter().flat_map(|instance| ids(blueprint, c, *instance)).filter_map(kind).collect();
    previous.certificates.keys().filter_map(|id| kind(id)).any(|kind| kinds.contains(&kind))
}

/// The ids of the certificates of an instance.
fn ids<'a>(
    blueprint: &'a Blueprint<'_>,
    c: ComponentIndex,
    instance: InstanceIndex,
) -> impl Iterator<Item = &'a str> {
    let count = blueprint.model.components[c].definition.certificates.len();
    let made = (0..count).filter_map(move |k| blueprint.instance_certificate(c, instance, k));
    made.map(|made| &*blueprint.certificates[made].id)
}
