//! Rules for key usages and basic constraints (RFC 5280, 4.2.1.3, 4.2.1.9 and 4.2.1.12; RFC 8813).

use crate::diagnostics::Code;
use crate::lint::facts::Facts;
use crate::lint::report::Report;

/// Bits of a modulus that are enough today (NIST SP 800-131A).
const MODULUS: u32 = 2048;

pub(super) fn check(facts: &Facts<'_>, report: &mut Report) {
    let bits =
        facts.algorithm.as_deref().and_then(|algorithm| algorithm.strip_prefix("rsa-")?.parse::<u32>().ok());
    if let Some(bits) = bits.filter(|bits| *bits < MODULUS) {
        let message = format!("the RSA key of {} has {bits} bits", facts.what);
        report.say(Code::LintWeakKey, facts.place, message, "use 2048 bits or more, or ECDSA with P-256");
    }
    if !facts.says_usages {
        return;
    }
    let has = |usage: &str| {
        facts.key_usages.as_ref().is_none_or(|usages| usages.iter().any(|known| known == usage))
    };
    if facts.authority {
        if let Some(limited) = facts.purposes.filter(|purposes| !purposes.client || !purposes.server) {
            let only = if limited.client {
                "clients"
            } else if limited.server {
                "servers"
            } else {
                "neither servers nor clients"
            };
            let message =
                format!("{} is an authority only for {only}: Go accepts nothing else below it", facts.what);
            report.say(
                Code::LintAuthorityUsages,
                facts.place,
                message,
                "remove the extended key usages from authorities",
            );
        }
        if !has("keyCertSign") {
            let message = format!("{} is an authority, but its key usage lacks `keyCertSign`", facts.what);
            report.say(
                Code::LintNotAnAuthority,
                facts.place,
                message,
                "no certificate that it signed is accepted: regenerate it",
            );
        }
        return;
    }
    if !has("digitalSignature") {
        let message = format!("the key usage of {} lacks `digitalSignature`", facts.what);
        report.say(Code::LintKeyUsage, facts.place, message, "every TLS 1.3 handshake needs it: add it");
    }
    let elliptic = facts.algorithm.as_deref().is_some_and(|algorithm| !algorithm.starts_with("rsa"));
    if elliptic && facts.key_usages.is_some() && has("keyEncipherment") {
        let message =
            format!("the key usage of {} has `keyEncipherment`, but its key is not RSA", facts.what);
        report.say(Code::LintKeyUsage, facts.place, message, "remove it: such keys cannot encrypt");
    }
    role(facts, report);
}

/// What its role asks of its extended key usages.
fn role(facts: &Facts<'_>, report: &mut Report) {
    let (Some(role), Some(purposes)) = (facts.role, facts.purposes) else { return };
    let lacks = [
        (role.is_client && !purposes.client, "clientAuth"),
        (role.is_server && !purposes.server, "serverAuth"),
    ];
    for (_, usage) in lacks.into_iter().filter(|(lacks, _)| *lacks) {
        let message = format!(
            "{} is {}, judging by its name, but its extended key usage lacks `{usage}`",
            facts.what, role.title
        );
        report.say(Code::LintRoleUsages, facts.place, message, "regenerate it with that usage");
    }
}
