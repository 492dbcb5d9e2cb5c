//! Resolves the name constraints of authorities.

use super::model::Constraints;
use super::parse::parsed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{NameConstraintsTable as Table, Text};
use crate::source::Spanned;
use crate::values::{Cidr, DnsName, NameConstraint};

/// None where one of them is wrong.
pub(super) fn constraints(written: Option<&Table>, diagnostics: &mut Diagnostics) -> Option<Constraints> {
    let Some(written) = written else { return Some(Constraints::default()) };
    let permitted = kind(written.permitted_dns.as_ref(), written.permitted_ip.as_ref(), diagnostics);
    let excluded = kind(written.excluded_dns.as_ref(), written.excluded_ip.as_ref(), diagnostics);
    Some(Constraints { permitted: permitted?, excluded: excluded? })
}

fn kind(
    dns: Option<&Vec<Text>>,
    ip: Option<&Vec<Text>>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Spanned<NameConstraint>>> {
    let mut all = Vec::new();
    for text in dns.into_iter().flatten() {
        all.push((name(text, diagnostics).map(NameConstraint::Dns), text.span));
    }
    for text in ip.into_iter().flatten() {
        all.push((parsed::<Cidr>(text, Code::BadCidr, diagnostics).map(NameConstraint::Ip), text.span));
    }
    all.into_iter().map(|(constraint, span)| Some(Spanned::new(constraint?, span))).collect()
}

/// A DNS name without dots around it: some verifiers give them a meaning of their own, and Go refuses
/// every certificate below.
fn name(text: &Text, diagnostics: &mut Diagnostics) -> Option<DnsName> {
    let plain = text.value.trim_start_matches("*.").trim_matches('.');
    if plain == text.value || plain.parse::<DnsName>().is_err() {
        return parsed(text, Code::BadDnsName, diagnostics);
    }
    let message = format!("`{}` cannot constrain names", text.value);
    let help = format!("write `{plain}`: it covers the name itself and all names below it");
    diagnostics.push(Diagnostic::new(Code::BadDnsName, message).at(text.span, "").help(help));
    None
}
