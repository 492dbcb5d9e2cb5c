//! Candidates for a user that lacks a right.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ask::Ask;
use crate::mend::edit::Plan;
use crate::verify::Fault;

/// A user in the group that is needed, or in none that means nothing here.
pub(super) fn all(ask: &Ask<'_>) -> Vec<Plan> {
    let mut plans = Vec::new();
    let users: BTreeSet<&str> = ask.seen.blueprint.model.users.iter().map(|user| &*user.name).collect();
    for finding in &ask.findings {
        let Fault::Rights { needs, .. } = &finding.fault else { continue };
        let program = ask.program(finding.subject.program);
        if program.host.is_some() || !users.contains(&*program.name) {
            continue;
        }
        if let Some(group) = &needs.group {
            plans.extend(ask.plan.with_item(&["user", &program.name, "organizations"], group));
        }
        if let Some(wanted) = &needs.user {
            let path = ["user", &program.name, "common-name"].map(str::to_owned);
            plans.extend(ask.plan.with(&path, &**wanted));
        }
        let groups: BTreeSet<&Arc<str>> =
            needs.roles.iter().flat_map(|role| ask.seen.grants.groups_of(role)).collect();
        for group in groups {
            plans.extend(ask.plan.with_item(&["user", &program.name, "organizations"], group));
        }
    }
    plans
}
