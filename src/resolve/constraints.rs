//! What names authorities may certify.

use super::Resolver;
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{NameConstraints as Written, Text};
use crate::source::Spanned;
use crate::values::{Cidr, DnsName, NameConstraint};

/// What names an authority may certify (RFC 5280, 4.2.1.10).
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// Only these; of a kind that does not occur, any.
    pub permitted: Vec<Spanned<NameConstraint>>,
    /// Not these.
    pub excluded: Vec<Spanned<NameConstraint>>,
}

impl Resolver<'_> {
    pub(super) fn constraints(&mut self, written: Option<&Written>) -> Option<Constraints> {
        let mut constraints = Constraints::default();
        let Some(written) = written else { return Some(constraints) };
        let lists = [
            (&mut constraints.permitted, &written.permitted_dns, &written.permitted_ip),
            (&mut constraints.excluded, &written.excluded_dns, &written.excluded_ip),
        ];
        for (into, dns, ip) in lists {
            for text in dns.iter().flatten() {
                into.push(Spanned::new(NameConstraint::Dns(self.constraining_name(text)?), text.span));
            }
            for text in ip.iter().flatten() {
                let network: Cidr = self.parsed(text, Code::BadCidr)?;
                into.push(Spanned::new(NameConstraint::Ip(network), text.span));
            }
        }
        Some(constraints)
    }

    /// A DNS name without dots around it: some verifiers give them a meaning of their own, and Go refuses
    /// every certificate below.
    fn constraining_name(&mut self, text: &Text) -> Option<DnsName> {
        let plain = text.value.trim_start_matches("*.").trim_matches('.');
        if plain == text.value || plain.parse::<DnsName>().is_err() {
            return self.parsed(text, Code::BadDnsName);
        }
        let message = format!("`{}` cannot constrain names", text.value);
        let help = format!("write `{plain}`: it stands for itself and for all names below it");
        self.push(Diagnostic::new(Code::BadDnsName, message).at(text.span, "").help(help));
        None
    }
}
