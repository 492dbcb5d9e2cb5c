//! Checks that the plan knows the issuer of external components' server certificates.

use std::collections::BTreeSet;

use super::model::{AuthorityIndex, External, Model};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::values::Usage;

/// Reports components of others whose authority would be derived here.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    // Whoever issues the servers in this plan and hands them over has the authority here.
    let servers = model.certificates.iter().filter(|one| one.usages.contains(&Usage::Server));
    let issuers: BTreeSet<AuthorityIndex> = servers.map(|one| one.authority).collect();
    // Where its URLs are wrong, that is reported alone.
    for external in model.externals.iter().filter(|external| !external.urls.is_empty()) {
        let Some(purpose) = purpose(model, external) else { continue };
        let Some(index) = model.authority_for(purpose) else { continue };
        let authority = &model.authorities[index];
        if !authority.imported.is_empty() || issuers.contains(&index) {
            continue;
        }
        let message = format!(
            "the CA of the servers of `{}` is missing: `authority.{}` would be a new CA, which has issued none of their certificates",
            external.component, authority.name
        );
        let help = format!(
            "import the certificate of their CA (its key is not needed): `pkiplan import --plan PLAN --as \
             authority.{} CA.crt`",
            authority.name
        );
        diagnostics
            .push(Diagnostic::new(Code::ExternalAuthority, message).at(external.origin, "").help(help));
    }
}

/// The purpose of the certificate that its clients meet.
fn purpose<'a>(model: &'a Model, external: &External) -> Option<&'a str> {
    let definition = &model.component(&external.component)?.definition;
    let shown = definition.listens.iter().find_map(|listen| listen.certificate)?;
    Some(&definition.certificates[shown].purpose)
}
