//! Rules for the names by which clients verify servers (RFC 9525; Go's `VerifyHostname`).

use std::net::IpAddr;

use crate::diagnostics::Code;
use crate::lint::facts::Facts;
use crate::lint::report::Report;

/// Bytes of a DNS name and of a label (RFC 1035, 2.3.4).
const LONGEST: (usize, usize) = (253, 63);

pub(super) fn check(facts: &Facts<'_>, report: &mut Report) {
    for (place, dns) in &facts.dns {
        if dns.parse::<IpAddr>().is_ok() {
            let message = format!("{} has the address `{dns}` as a DNS name", facts.what);
            report.say(Code::LintAddressAsName, *place, message, "write addresses as IP SANs: `IP:`");
        } else if let Some(why) = wrong(dns) {
            let message = format!("{} has the DNS name `{dns}`, which never matches: {why}", facts.what);
            report.say(Code::LintBadName, *place, message, "write only the name, as clients connect to it");
        }
    }
    if facts.serves() && facts.has_names == Some(false) {
        let message = format!("{} is for a server but has no SANs", facts.what);
        let help = "clients only check `subjectAltName`, never the common name";
        report.say(Code::LintNoNames, facts.place, message, help);
        return;
    }
    let Some(role) =
        facts.role.filter(|role| role.is_server && facts.has_names == Some(true) && !facts.authority)
    else {
        return;
    };
    let dns: Vec<&str> = facts.dns.iter().map(|(_, dns)| dns.as_str()).collect();
    let mut missing: Vec<String> = role.missing(&dns).into_iter().map(shown).collect();
    if facts.addresses.is_empty() {
        missing.extend(role.address.clone());
    }
    if !missing.is_empty() && (!role.missing(&[]).is_empty() || role.address.is_some()) {
        let message = format!("{} lacks names that {} needs: {}", facts.what, role.title, missing.join(", "));
        report.say(Code::LintMissingNames, facts.place, message, "add them to its SANs");
    }
}

/// `a.*` as people read it.
fn shown(name: &str) -> String {
    match name.strip_suffix('*') {
        Some(begins) => format!("`{begins}` and the cluster's domain"),
        None => format!("`{name}`"),
    }
}

/// Why Go matches nothing with such a name.
fn wrong(dns: &str) -> Option<&'static str> {
    let plain = dns.strip_prefix("*.").unwrap_or(dns);
    if dns.is_empty() {
        Some("it is empty")
    } else if !dns.is_ascii() {
        Some("it has to be ASCII")
    } else if dns.contains("://") {
        Some("it is a URL")
    } else if dns.contains(':') {
        Some("a port is not part of a name")
    } else if dns.contains('/') {
        Some("a network is not a name")
    } else if plain.contains('*') {
        Some("`*` is only allowed as the whole first label")
    } else if dns.ends_with('.') {
        Some("it ends with a dot")
    } else if dns.len() > LONGEST.0 || plain.split('.').any(|label| label.len() > LONGEST.1) {
        Some("it is too long")
    } else if plain.split('.').any(str::is_empty) {
        Some("a label is empty")
    } else if dns.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control()) {
        Some("it has blanks")
    } else {
        None
    }
}
