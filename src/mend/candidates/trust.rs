//! Candidates for a bundle that lacks an authority.

use std::collections::BTreeSet;

use super::ask::Ask;
use crate::judge::Refusal;
use crate::mend::edit::Plan;
use crate::verify::Fault;

/// Each authority of the plan in each bundle of whoever refuses.
pub(super) fn all(ask: &Ask<'_>) -> Vec<Plan> {
    let refuse = ask.findings.iter().filter_map(|finding| match &finding.fault {
        Fault::ServerRefused(Refusal::UnknownAuthority { .. }) => Some(finding.subject.program),
        Fault::ClientRefused(Refusal::UnknownAuthority { .. })
        | Fault::NotAdmitted(Refusal::UnknownAuthority { .. }) => Some(finding.other.as_ref()?.program),
        _ => None,
    });
    let components: BTreeSet<_> = refuse.map(|program| &ask.program(program).component).collect();
    let model = ask.seen.blueprint.model;
    let mut plans = Vec::new();
    for name in components {
        let Some(component) = model.component(name) else { continue };
        for bundle in &component.definition.bundles {
            for authority in model.authorities.iter() {
                let path = ["component", name, "bundle", &bundle.name, "add"];
                plans.extend(ask.plan.with_item(&path, &authority.name));
            }
        }
    }
    plans
}
