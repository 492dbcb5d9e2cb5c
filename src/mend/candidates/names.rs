//! Candidates for a certificate that lacks a name.

use std::net::IpAddr;

use super::ask::Ask;
use crate::mend::edit::Plan;
use crate::verify::Fault;

/// The name for the server on all hosts, on its host alone, or for its host.
pub(super) fn all(ask: &Ask<'_>) -> Vec<Plan> {
    let mut plans = Vec::new();
    for finding in &ask.findings {
        let (name, whose) = match (&finding.fault, &finding.other) {
            (Fault::Name { dialled, .. }, Some(server)) => (dialled.to_string(), server.program),
            (Fault::Source { addresses, .. }, _) => match addresses.first() {
                Some(address) => (address.to_string(), finding.subject.program),
                None => continue,
            },
            _ => continue,
        };
        let name = name.strip_suffix('.').unwrap_or(&name).to_lowercase();
        let component = &*ask.program(whose).component;
        plans.extend(ask.plan.with_item(&["component", component, "names", "add"], &name));
        let Some(host) = ask.host(whose).filter(|host| ask.plan.has_table(&["node", host])) else { continue };
        plans.extend(ask.plan.with_item(&["node", host, "component", component, "names", "add"], &name));
        if name.parse::<IpAddr>().is_err() {
            plans.extend(ask.plan.with_item(&["node", host, "names"], &name));
        }
    }
    plans
}
