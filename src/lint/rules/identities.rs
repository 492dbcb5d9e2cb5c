//! Rules for the user and the groups that a client certificate names
//! (k8s.io/apiserver/pkg/authentication/request/x509).

use crate::diagnostics::Code;
use crate::kubernetes::{MASTERS, NODES, is_node_name, node_of};
use crate::lint::facts::Facts;
use crate::lint::report::Report;

/// Characters of a common name and of an organization (RFC 5280, appendix A.1).
const LONGEST: usize = 64;

pub(super) fn check(facts: &Facts<'_>, report: &mut Report) {
    long_values(facts, report);
    let Some(user) = facts.common_name.as_deref().filter(|_| !facts.authority) else { return };
    if user.is_empty() && facts.is_client_alone() {
        let message = format!("{} is for a client but has no common name", facts.what);
        report.say(
            Code::LintNoUser,
            facts.place,
            message,
            "the common name is the user; without one, the server authenticates nobody",
        );
    }
    let groups = &facts.organizations;
    if groups.iter().any(|group| group == MASTERS) {
        let message = format!("{} is in the group `{MASTERS}`", facts.what);
        let help =
            "give people a group of your own that is bound to a role, and keep one such certificate offline";
        report.say(Code::LintMasters, facts.place, message, help);
    }
    let in_nodes = groups.iter().any(|group| group == NODES);
    match node_of(user) {
        Some(node) if !in_nodes => {
            let message =
                format!("{} has the user of node `{node}` but is not in the group `{NODES}`", facts.what);
            report.say(
                Code::LintNodeIdentity,
                facts.place,
                message,
                &format!("regenerate it with `O = {NODES}`"),
            );
        }
        Some(node) if !is_node_name(node) => {
            let message = format!("{} names a node `{node}`, which is not a valid node name", facts.what);
            report.say(
                Code::LintNodeIdentity,
                facts.place,
                message,
                "a node's name is a DNS name in lower case",
            );
        }
        None if in_nodes => {
            let message =
                format!("{} is in the group `{NODES}` but its user `{user}` is not a node", facts.what);
            let help = "the user of a node is `system:node:` and the node's registered name";
            report.say(Code::LintNodeIdentity, facts.place, message, help);
        }
        _ => {}
    }
}

fn long_values(facts: &Facts<'_>, report: &mut Report) {
    let common = facts.common_name.iter().map(|name| ("common name", name));
    let organizations = facts.organizations.iter().map(|name| ("organization", name));
    for (kind, value) in common.chain(organizations) {
        let length = value.chars().count();
        if length > LONGEST {
            let message = format!(
                "the {kind} of {} has {length} characters, at most {LONGEST} are allowed",
                facts.what
            );
            let help = "a node's name has at most 52: `system:node:` comes before it";
            report.say(Code::LintLongName, facts.place, message, help);
        }
    }
    if let Some(country) = facts.countries.iter().find(|country| country.chars().count() != 2) {
        let message = format!("the country `{country}` of {} does not have two letters", facts.what);
        report.say(Code::LintLongName, facts.place, message, "write the two letters of ISO 3166");
    }
}
