//! Candidates for a standalone certificate that lacks something.

use std::net::IpAddr;

use super::ask::Ask;
use crate::judge::Refusal;
use crate::mend::edit::Plan;
use crate::verify::Fault;

/// The certificate for the other end, too, for one more name, of another authority, for another owner.
pub(super) fn all(ask: &Ask<'_>) -> Vec<Plan> {
    let mut plans = Vec::new();
    for certificate in ask.certificates() {
        let at = |key| ["certificate", &*certificate.name, key];
        for finding in &ask.findings {
            match &finding.fault {
                Fault::ServerRefused(Refusal::Usage) => {
                    plans.extend(ask.plan.with_item(&at("usage"), "server"));
                }
                Fault::ClientRefused(Refusal::Usage) => {
                    plans.extend(ask.plan.with_item(&at("usage"), "client"));
                }
                Fault::ServerRefused(_) | Fault::ClientRefused(_) => {
                    for authority in ask.seen.blueprint.model.authorities.iter() {
                        plans.extend(ask.plan.set(&at("authority"), &authority.name));
                    }
                }
                Fault::Name { dialled, .. } => {
                    let is_address = dialled.parse::<IpAddr>().is_ok();
                    plans.extend(ask.plan.with_item(&at(if is_address { "ip" } else { "dns" }), dialled));
                }
                Fault::Unreadable { user, .. } => plans.extend(ask.plan.set(&at("owner"), user)),
                _ => {}
            }
        }
    }
    plans
}
