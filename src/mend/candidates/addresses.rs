//! Candidates for a wrong address or port.

use std::collections::BTreeSet;
use std::net::IpAddr;

use toml_edit::Value;

use super::ask::Ask;
use crate::mend::edit::Plan;
use crate::verify::{End, Fault, Finding};
use crate::wiring::Listen;

/// What is dialled and what listens, each brought to the other, wherever the plan says one of both.
pub(super) fn all(ask: &Ask<'_>) -> Vec<Plan> {
    let mut plans = Vec::new();
    for finding in &ask.findings {
        match &finding.fault {
            Fault::NobodyListens { dialled, port } | Fault::OtherListens { dialled, port, .. } => {
                let (ports, addresses) = listens(ask, finding);
                for other in ports.into_iter().filter(|other| other != port) {
                    plans.extend(numbers(ask.plan, *port, other));
                    plans.extend(numbers(ask.plan, other, *port));
                    plans.extend(texts(ask.plan, &format!(":{port}"), &format!(":{other}")));
                }
                for address in addresses {
                    plans.extend(texts(ask.plan, dialled, &address.to_string()));
                }
            }
            Fault::Plain(End::Client) => plans.extend(texts(ask.plan, "http://", "https://")),
            Fault::Plain(End::Server) => plans.extend(texts(ask.plan, "https://", "http://")),
            _ => {}
        }
    }
    plans
}

/// Where what is meant listens.
fn listens(ask: &Ask<'_>, finding: &Finding) -> (BTreeSet<u16>, BTreeSet<IpAddr>) {
    let dials = &ask.program(finding.subject.program).dials;
    let goals: Vec<_> = dials.iter().filter(|dial| Some(&dial.name) == finding.dial.as_ref()).collect();
    let mut found = (BTreeSet::new(), BTreeSet::new());
    for program in ask.seen.wiring.programs.iter() {
        let is_meant = |listen: &&Listen| {
            goals.iter().any(|dial| dial.to.component == program.component && dial.to.listen == listen.name)
        };
        for socket in program.listens.iter().filter(is_meant).flat_map(|listen| &listen.sockets) {
            found.0.insert(socket.port);
            let host = program.host.map(|host| &ask.seen.wiring.hosts[host].addresses);
            found.1.extend(socket.address.iter().chain(host.into_iter().flatten()));
        }
    }
    found
}

/// The plan with another number, at each place where it stands.
fn numbers(plan: &Plan, from: u16, to: u16) -> Vec<Plan> {
    let leaves = plan.leaves().into_iter().filter(|(_, value)| value.as_integer() == Some(from.into()));
    leaves.filter_map(|(path, _)| plan.with(&path, i64::from(to))).collect()
}

/// The plan with another part of a text, at each place where it stands.
fn texts(plan: &Plan, from: &str, to: &str) -> Vec<Plan> {
    let mut plans = Vec::new();
    for (path, value) in plan.leaves() {
        let of =
            |value: &Value| value.as_str().filter(|text| text.contains(from)).map(|t| t.replace(from, to));
        if let Some(text) = of(value) {
            plans.extend(plan.with(&path, text));
        }
        let Some(items) = value.as_array() else { continue };
        for (position, item) in items.iter().enumerate() {
            if let Some(text) = of(item) {
                let mut others = items.clone();
                others.replace(position, text);
                plans.extend(plan.with(&path, others));
            }
        }
    }
    plans
}
